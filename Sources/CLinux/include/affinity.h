#ifndef CLINUX_AFFINITY_H
#define CLINUX_AFFINITY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// sched_getaffinity(2) of the calling process, into a bitmap of 64 CPUs a word, the lowest first.
///
/// Returns 0, or -1 with errno set: EINVAL where the bitmap is shorter than the kernel's own.
int clinux_affinity(uint64_t *words, int count);

/// sched_setaffinity(2) of one thread, from a mask in the kernel's own words.
///
/// Returns 0, or -1 with errno set.
int clinux_set_affinity(pid_t thread, const unsigned long *words, size_t count);

#endif
