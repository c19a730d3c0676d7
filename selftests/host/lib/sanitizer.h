/* SPDX-License-Identifier: GPL-2.0-only */
/* What AddressSanitizer has to be told. */
#ifndef _SANITIZER_H
#define _SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define HOST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOST_ASAN 1
#endif
#endif

#ifdef HOST_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define host_asan_poison(p, n)		__asan_poison_memory_region(p, n)
#define host_asan_unpoison(p, n)	__asan_unpoison_memory_region(p, n)
#else
#define host_asan_poison(p, n)		((void)(p), (void)(n))
#define host_asan_unpoison(p, n)	((void)(p), (void)(n))
#endif

#endif
