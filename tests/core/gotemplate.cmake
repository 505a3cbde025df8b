# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_gotemplate SOURCES core/tst_gotemplate.cpp LINK core_gotemplate)
if(PILOTHOUSE_FUZZ)
    add_executable(fuzz_template fuzz/gotemplate/fuzz_template.cpp)
    target_link_libraries(fuzz_template PRIVATE core_gotemplate)
    target_compile_options(fuzz_template PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_template PRIVATE -fsanitize=fuzzer)
endif()
