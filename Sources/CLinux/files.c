#define _GNU_SOURCE
#include "files.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_openat(int folder, const void *path, int flags, mode_t mode) {
    return openat(folder, path, flags, mode);
}

int clinux_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int clinux_pidfd_send_signal(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

int clinux_memfd(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}
