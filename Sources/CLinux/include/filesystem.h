#ifndef CLINUX_FILESYSTEM_H
#define CLINUX_FILESYSTEM_H

#include <stdint.h>

// The f_type of the file system that holds a path (statfs(2)); 0 where it cannot be told.
uint32_t clinux_file_system_type(const char *path);

// Bytes that the caller may still use of the file system that holds an open folder (statfs(2)); -1 and
// errno where it cannot be told.
int64_t clinux_free_bytes(int folder);

#endif
