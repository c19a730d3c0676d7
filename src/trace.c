// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c - what the tracepoints of include/trace/z3fold.h are made of
 */
#define CREATE_TRACE_POINTS
#include "internal.h"
