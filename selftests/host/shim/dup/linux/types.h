/* SPDX-License-Identifier: GPL-2.0-only */
/* Types of the kernel, and the configuration that the harness compiles for. */
#ifndef _HOST_LINUX_TYPES_H
#define _HOST_LINUX_TYPES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include_next <linux/types.h>
#include <linux/compiler.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef long long s64;
#define U8_MAX	((u8)~0)
#define U16_MAX	((u16)~0)
#define U32_MAX	((u32)~0)
typedef unsigned int gfp_t;

#define BITS_PER_LONG	(__SIZEOF_LONG__ * 8)
#if __SIZEOF_LONG__ == 8
#define CONFIG_64BIT 1
#endif
#ifndef HOST_NO_BYTE_STORE
#define CONFIG_ARCH_USE_QUEUED_SPINLOCKS 1
#endif

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)

#endif
