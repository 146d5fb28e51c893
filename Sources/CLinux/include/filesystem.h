#ifndef CLINUX_FILESYSTEM_H
#define CLINUX_FILESYSTEM_H

#include <stdint.h>

// The f_type of the file system that holds a path (statfs(2)); 0 where it cannot be told.
uint32_t clinux_file_system_type(const char *path);

#endif
