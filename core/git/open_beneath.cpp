// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/open_beneath.h"

#include "core/base/strings.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace core::git {

namespace {

/// A file descriptor of our own.
class Handle
{
public:
    explicit Handle(int number)
        : m_number(number)
    {
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle()
    {
        if (m_number >= 0)
            ::close(m_number);
    }
    [[nodiscard]] int get() const { return m_number; }
    [[nodiscard]] int release() { return std::exchange(m_number, -1); }

private:
    int m_number;
};

std::optional<EntryType> typeOf(mode_t mode)
{
    if (S_ISREG(mode))
        return EntryType::File;
    if (S_ISDIR(mode))
        return EntryType::Folder;
    return S_ISLNK(mode) ? std::optional(EntryType::Symlink) : std::nullopt;
}

tl::unexpected<Error> failed(int error, const char* attempt, const std::string& path)
{
    if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV || error == ENAMETOOLONG)
        return fail(Error::Code::NotFound, "no such file or folder", path);
    return fail(error == EACCES || error == EPERM ? Error::Code::Forbidden : Error::Code::Io,
                std::string(attempt) + ": " + std::strerror(error), path);
}

/// An entry of a folder, where it is something that a tree has.
void add(std::vector<Entry>& entries, int folder, const char* name, unsigned char found)
{
    const std::string_view text(name);
    if (text == "." || text == ".." || text == ".git")
        return;
    std::optional<EntryType> type;
    if (found == DT_UNKNOWN) {
        struct stat status
        {
        };
        if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            type = typeOf(status.st_mode);
    } else {
        type = typeOf(DTTOIF(found));
    }
    if (type)
        entries.push_back({std::string(text), *type, {}});
}

/// One folder after the other, for systems without openat2.
int openStepwise(int root, const std::string& path, int flags)
{
    auto at = std::make_unique<Handle>(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto parts = split(path, '/');
    for (std::size_t i = 0; i + 1 < parts.size() && at->get() >= 0; ++i)
        at = std::make_unique<Handle>(
            ::openat(at->get(), parts[i].c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return at->get() < 0 ? -1 : ::openat(at->get(), parts.back().c_str(), flags);
}

} // namespace

Beneath::Beneath(std::filesystem::path root)
    : m_root(std::move(root))
    , m_rootHandle(::open(m_root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
{
}

Beneath::~Beneath()
{
    if (m_rootHandle >= 0)
        ::close(m_rootHandle);
}

int Beneath::open(const std::string& path, int flags) const
{
    flags |= O_NOFOLLOW | O_CLOEXEC;
    if (path.empty())
        return ::openat(m_rootHandle, ".", flags);
#ifdef RESOLVE_NO_SYMLINKS
    open_how how {};
    how.flags = static_cast<decltype(how.flags)>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const auto number = ::syscall(SYS_openat2, m_rootHandle, path.c_str(), &how, sizeof how);
    if (number >= 0 || (errno != ENOSYS && errno != EPERM))
        return static_cast<int>(number);
#endif
    return openStepwise(m_rootHandle, path, flags);
}

std::optional<EntryType> Beneath::type(const std::string& path) const
{
#ifdef O_PATH
    const Handle file(open(path, O_PATH));
    struct stat status
    {
    };
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
        return std::nullopt;
    return typeOf(status.st_mode);
#else
    const auto slash = path.rfind('/');
    const Handle folder(
        open(slash == std::string::npos ? std::string {} : path.substr(0, slash), O_RDONLY | O_DIRECTORY));
    struct stat status
    {
    };
    if (folder.get() < 0
        || ::fstatat(folder.get(), path.empty() ? "." : path.c_str() + (slash == std::string::npos ? 0 : slash + 1),
                     &status, AT_SYMLINK_NOFOLLOW)
            != 0)
        return std::nullopt;
    return typeOf(status.st_mode);
#endif
}

Result<std::string> Beneath::read(const std::string& path, std::size_t limit) const
{
    const Handle file(open(path, O_RDONLY | O_NONBLOCK)); // a pipe that nobody writes must not hold us
    if (file.get() < 0) {
        const int error = errno;
        if (error != ENOENT && type(path).value_or(EntryType::File) != EntryType::File)
            return fail(Error::Code::InvalidInput, "is not a regular file", path);
        return failed(error, "open the file for reading", path);
    }
    struct stat status
    {
    };
    if (::fstat(file.get(), &status) != 0)
        return failed(errno, "read the file's size", path);
    if (!S_ISREG(status.st_mode))
        return fail(Error::Code::InvalidInput, "is not a regular file", path);
    if (static_cast<std::size_t>(status.st_size) > limit)
        return fail(Error::Code::LimitExceeded, "the file is larger than " + std::to_string(limit >> 20U) + " MiB",
                    path);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const auto count = ::read(file.get(), text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failed(errno, "read the file", path);
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
}

Result<std::vector<Entry>> Beneath::list(const std::string& path) const
{
    Handle handle(open(path, O_RDONLY | O_DIRECTORY));
    if (handle.get() < 0) {
        const int error = errno;
        if (const auto found = type(path); error == ENOTDIR && found)
            return fail(Error::Code::InvalidInput, "is a file, not a folder", path);
        return failed(error, "list the folder", path);
    }
    std::vector<Entry> entries;
#ifdef __GLIBC__
    // Many folders hold few files each: a DIR and its buffer would cost more than to read them.
    alignas(dirent64) std::array<char, 8192> buffer; // NOLINT: not to be filled
    ssize_t size = 0;
    while ((size = ::getdents64(handle.get(), buffer.data(), buffer.size())) > 0) {
        for (ssize_t at = 0; at < size;) {
            const auto* found = reinterpret_cast<const dirent64*>(buffer.data() + at);
            add(entries, handle.get(), found->d_name, found->d_type);
            at += found->d_reclen;
        }
    }
    if (size < 0)
        return failed(errno, "list the folder", path);
#else
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(handle.get()), ::closedir);
    if (folder == nullptr)
        return failed(errno, "list the folder", path);
    const int number = handle.release();
    errno = 0;
    while (const auto* found = ::readdir(folder.get())) {
        add(entries, number, found->d_name, found->d_type);
        errno = 0;
    }
    if (errno != 0)
        return failed(errno, "list the folder", path);
#endif
    return entries;
}

std::string Beneath::mark(const std::string& path) const
{
    // The folders on the way need no look: who asks for a path has marks of them too, and a link in place of one of
    // them is another inode. Nothing is read here.
    struct stat status
    {
    };
    if (::fstatat(m_rootHandle, path.empty() ? "." : path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || errno == ENOTDIR ? std::string(Tree::kMissing) : std::string {};
    constexpr std::int64_t kSecond = 1'000'000'000;
    // Kernels stamp files with a clock that ticks every few milliseconds, some file systems with whole seconds.
    timespec now {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const auto changed = status.st_ctim.tv_sec * kSecond + status.st_ctim.tv_nsec;
    const auto age = now.tv_sec * kSecond + now.tv_nsec - changed;
    if (age < (status.st_ctim.tv_nsec == 0 ? 3 * kSecond : kSecond / 20))
        return {};
    // As bytes: many thousands of marks are taken and compared, and nobody reads them.
    const std::array<std::int64_t, 5> parts {
        static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
        static_cast<std::int64_t>(status.st_size), status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec, changed};
    return {reinterpret_cast<const char*>(parts.data()), sizeof parts};
}

} // namespace core::git
