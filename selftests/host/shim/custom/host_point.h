/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host_point.h - where another CPU may come between
 *
 * Each lock, atomic access and page operation of the emulated kernel goes
 * through host_point(): in the tests with threads it sometimes delays the
 * thread, in the tests with simulated schedules it may run another task.
 */
#ifndef _HOST_POINT_H
#define _HOST_POINT_H

extern int host_mode;

#ifdef HOST_BENCH
static inline void host_point(void) { }
#else
void host_point_slow(void);
static inline void host_point(void)
{
	if (__builtin_expect(host_mode, 0))
		host_point_slow();
}
#endif

/* Wait for another CPU a little: spin. */
void host_wait(void);
/* Wait where sleeping is allowed. */
void host_sleep(void);

#endif
