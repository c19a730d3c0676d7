/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies of objects take time: another CPU may come in the middle of one. */
#ifndef _HOST_LINUX_STRING_H
#define _HOST_LINUX_STRING_H

#include <string.h>
#include <linux/types.h>

char *kstrdup(const char *s, gfp_t gfp);
__attribute__((format(printf, 2, 3)))
char *kasprintf(gfp_t gfp, const char *format, ...);

#ifndef HOST_BENCH
void *host_memcpy(void *to, const void *from, size_t n);
void *host_memmove(void *to, const void *from, size_t n);
#define memcpy(to, from, n)	host_memcpy(to, from, n)
#define memmove(to, from, n)	host_memmove(to, from, n)
#endif

#endif
