/* Loaded before the C library: at the n-th call of a function, fail it or raise a signal. Descriptors 0 to 2 are left
   out. A close() that fails has closed the descriptor, as on Linux; a rename() that fails late has renamed. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE, READ, OPEN, CLOSE, FSYNC, RENAME, UNLINK, MKDIR, RMDIR, CHMOD, LOCK, TRUNCATE, SEEK, STAT, DUP, N_CALLS };

long faulty_counts[N_CALLS];
static int counting, chosen = -1, error, number;
static long at;

/* From now on count; at call `nth` (from 1) of `call` fail with `failure`, or raise `signal` where that is not 0. */
void faulty_arm(int call, long nth, int failure, int signal) {
    for (int i = 0; i < N_CALLS; i++) faulty_counts[i] = 0;
    chosen = call, at = nth, error = failure, number = signal, counting = 1;
}

static int strikes(int call) {
    if (!counting || ++faulty_counts[call] != at || call != chosen) return 0;
    if (number) {
        raise(number);
        return 0;
    }
    return 1;
}

#define REAL(result, name, ...) ((result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))
#define FAIL_BEFORE(call, type, name, parameters, arguments, ...)                                                      \
    type name parameters {                                                                                             \
        static type (*real)(__VA_ARGS__);                                                                              \
        if (!real) real = REAL(type, name, __VA_ARGS__);                                                               \
        if (strikes(call)) return errno = error, (type)-1;                                                             \
        return real arguments;                                                                                         \
    }
#define OF_DESCRIPTOR(call, type, name, parameters, arguments, ...)                                                    \
    type name parameters {                                                                                             \
        static type (*real)(__VA_ARGS__);                                                                              \
        if (!real) real = REAL(type, name, __VA_ARGS__);                                                               \
        if (fd > 2 && strikes(call)) return errno = error, (type)-1;                                                   \
        return real arguments;                                                                                         \
    }

OF_DESCRIPTOR(WRITE, ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n), int, const void *, size_t)
OF_DESCRIPTOR(READ, ssize_t, read, (int fd, void *data, size_t n), (fd, data, n), int, void *, size_t)
OF_DESCRIPTOR(FSYNC, int, fsync, (int fd), (fd), int)
OF_DESCRIPTOR(CHMOD, int, fchmod, (int fd, mode_t mode), (fd, mode), int, mode_t)
OF_DESCRIPTOR(LOCK, int, flock, (int fd, int how), (fd, how), int, int)
OF_DESCRIPTOR(TRUNCATE, int, ftruncate64, (int fd, off64_t size), (fd, size), int, off64_t)
OF_DESCRIPTOR(TRUNCATE, int, ftruncate, (int fd, off_t size), (fd, size), int, off_t)
OF_DESCRIPTOR(SEEK, off64_t, lseek64, (int fd, off64_t to, int from), (fd, to, from), int, off64_t, int)
OF_DESCRIPTOR(SEEK, off_t, lseek, (int fd, off_t to, int from), (fd, to, from), int, off_t, int)
OF_DESCRIPTOR(STAT, int, fstat64, (int fd, struct stat64 *to), (fd, to), int, struct stat64 *)
OF_DESCRIPTOR(STAT, int, fstat, (int fd, struct stat *to), (fd, to), int, struct stat *)
OF_DESCRIPTOR(DUP, int, dup, (int fd), (fd), int)
FAIL_BEFORE(STAT, int, stat64, (const char *path, struct stat64 *to), (path, to), const char *, struct stat64 *)
FAIL_BEFORE(STAT, int, stat, (const char *path, struct stat *to), (path, to), const char *, struct stat *)
FAIL_BEFORE(STAT, int, lstat64, (const char *path, struct stat64 *to), (path, to), const char *, struct stat64 *)
FAIL_BEFORE(STAT, int, lstat, (const char *path, struct stat *to), (path, to), const char *, struct stat *)
FAIL_BEFORE(STAT, int, fstatat64, (int at, const char *path, struct stat64 *to, int how), (at, path, to, how), int,
            const char *, struct stat64 *, int)
FAIL_BEFORE(STAT, int, fstatat, (int at, const char *path, struct stat *to, int how), (at, path, to, how), int,
            const char *, struct stat *, int)
FAIL_BEFORE(UNLINK, int, unlink, (const char *path), (path), const char *)
FAIL_BEFORE(UNLINK, int, unlinkat, (int at, const char *path, int how), (at, path, how), int, const char *, int)
FAIL_BEFORE(MKDIR, int, mkdir, (const char *path, mode_t mode), (path, mode), const char *, mode_t)
FAIL_BEFORE(MKDIR, int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), int, const char *, mode_t)
FAIL_BEFORE(RMDIR, int, rmdir, (const char *path), (path), const char *)
FAIL_BEFORE(RENAME, int, rename, (const char *old, const char *new), (old, new), const char *, const char *)
FAIL_BEFORE(RENAME, int, renameat, (int at, const char *old, int to, const char *new), (at, old, to, new), int,
            const char *, int, const char *)

int close(int fd) {
    static int (*real)(int);
    if (!real) real = REAL(int, close, int);
    int struck = fd > 2 && strikes(CLOSE), ended = real(fd);
    return struck ? (errno = error, -1) : ended;
}

#define OPENING(name, parameters, arguments, ...)                                                                      \
    int name parameters {                                                                                              \
        static int (*real)(__VA_ARGS__);                                                                               \
        if (!real) real = REAL(int, name, __VA_ARGS__);                                                                \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        if (strikes(OPEN)) return errno = error, -1;                                                                   \
        return real arguments;                                                                                         \
    }

OPENING(open, (const char *path, int flags, ...), (path, flags, mode), const char *, int, ...)
OPENING(open64, (const char *path, int flags, ...), (path, flags, mode), const char *, int, ...)
OPENING(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode), int, const char *, int, ...)
OPENING(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode), int, const char *, int, ...)
