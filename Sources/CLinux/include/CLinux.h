#ifndef CLINUX_H
#define CLINUX_H

#include "affinity.h"

#endif
