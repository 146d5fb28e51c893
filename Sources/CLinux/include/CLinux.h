#ifndef CLINUX_H
#define CLINUX_H

#include "affinity.h"
#include "events.h"
#include "files.h"
#include "filesystem.h"
#include "launch.h"
#include "memory.h"
#include "options.h"

#endif
