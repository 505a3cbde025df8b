// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilotctl/heap.h"

#include <mimalloc.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace pilotctl {

namespace {

constexpr std::size_t kSegment = std::size_t {32} << 20; ///< what mimalloc takes at a time, aligned to its size
constexpr std::size_t kHugePage = std::size_t {2} << 20;

char* alignedUp(char* place)
{
    return place + (kSegment - reinterpret_cast<std::uintptr_t>(place) % kSegment) % kSegment;
}

} // namespace

void prepareHeap()
{
    // This thread has its segment already, and written to the first pages of it. What fails costs time only.
    auto* const first = static_cast<char*>(std::malloc(1)); // for good: it tells where the segment is
    auto* const own = alignedUp(first) - kSegment;
    (void)madvise(own + kHugePage, kSegment - kHugePage, MADV_HUGEPAGE);
    // The second thread's segment.
    void* const room =
        mmap(nullptr, 2 * kSegment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return;
    auto* const second = alignedUp(static_cast<char*>(room));
    (void)madvise(second, kSegment, MADV_HUGEPAGE);
    (void)mi_manage_os_memory(second, kSegment, true, false, true, -1);
}

} // namespace pilotctl
