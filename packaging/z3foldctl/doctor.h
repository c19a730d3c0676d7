/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * doctor.h - findings, and the checks that have a file of their own (doctor_boot.c)
 */
#ifndef _Z3FOLDCTL_DOCTOR_H
#define _Z3FOLDCTL_DOCTOR_H

#include "ctl.h"

void good(const char *format, ...) PRINTF(1, 2);
/* Worth a look; z3fold may work all the same. */
void doubt(const char *format, ...) PRINTF(1, 2);
/* Keeps z3fold from working. */
void trouble(const char *format, ...) PRINTF(1, 2);

void doctor_secure_boot(const struct facts *facts);
void doctor_boot(const struct facts *facts, const char *release);
void doctor_log(void);

#endif /* _Z3FOLDCTL_DOCTOR_H */
