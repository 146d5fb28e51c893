#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

#include <sys/types.h>

/// openat(2), whose C declaration is variadic and so cannot be called from Swift.
int clinux_openat(int folder, const void *path, int flags, mode_t mode);

/// pidfd_open(2).
int clinux_pidfd_open(pid_t pid);

/// pidfd_send_signal(2).
int clinux_pidfd_send_signal(int pidfd, int number);

/// memfd_create(2), close-on-exec.
int clinux_memfd(const char *name);

#endif
