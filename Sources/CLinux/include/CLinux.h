#ifndef CLINUX_H
#define CLINUX_H

#include "affinity.h"
#include "events.h"
#include "files.h"
#include "filesystem.h"
#include "handover.h"
#include "launch.h"
#include "memory.h"
#include "options.h"
#include "surroundings.h"
#include "title.h"

#endif
