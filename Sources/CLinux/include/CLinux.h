#ifndef CLINUX_H
#define CLINUX_H

#include "options.h"

#endif
