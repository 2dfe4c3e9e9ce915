/* Makes calls on the files of one directory fail, as a bad disk does.
 *
 * Loaded with LD_PRELOAD. YIWANG_FAULT_DIR is the directory; the file
 * YIWANG_FAULT says what fails: "CALL ERRNO END", for instance "fsync 5 -wal":
 * fsync and fdatasync of files whose names end in -wal fail with errno 5. An
 * empty file, or none: nothing fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *call, int fd)
{
    const char *dir = getenv("YIWANG_FAULT_DIR"), *fault = getenv("YIWANG_FAULT");
    char text[256], wanted[64], end[64], link[64], path[4096];
    int error;
    if (!dir || !fault)
        return 0;
    int control = (int)syscall(SYS_openat, AT_FDCWD, fault, O_RDONLY | O_CLOEXEC);
    if (control < 0)
        return 0;
    long length = syscall(SYS_read, control, text, sizeof text - 1);
    syscall(SYS_close, control);
    if (length <= 0)
        return 0;
    text[length] = 0;
    if (sscanf(text, "%63s %d %63s", wanted, &error, end) != 3 || strcmp(wanted, call))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0)
        return 0;
    path[size] = 0;
    size_t tail = strlen(end);
    if (strncmp(path, dir, strlen(dir)))
        return 0;
    if (strcmp(end, "*") && ((size_t)size < tail || strcmp(path + size - tail, end)))
        return 0;
    errno = error;
    return 1;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

int fsync(int fd)
{
    return fails("fsync", fd) ? -1 : REAL(int, fsync, int)(fd);
}

int fdatasync(int fd)
{
    return fails("fsync", fd) ? -1 : REAL(int, fdatasync, int)(fd);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    if (fails("write", fd))
        return -1;
    return REAL(ssize_t, write, int, const void *, size_t)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    if (fails("write", fd))
        return -1;
    return REAL(ssize_t, pwrite, int, const void *, size_t, off_t)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    if (fails("write", fd))
        return -1;
    return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, bytes, count, at);
}
