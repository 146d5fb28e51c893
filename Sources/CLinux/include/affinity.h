#ifndef CLINUX_AFFINITY_H
#define CLINUX_AFFINITY_H

#include <stdint.h>

/// sched_getaffinity(2) of the calling process, into a bitmap of 64 CPUs a word, the lowest first.
///
/// Returns 0, or -1 with errno set: EINVAL where the bitmap is shorter than the kernel's own.
int clinux_affinity(uint64_t *words, int count);

#endif
