/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_MATH64_H
#define _HOST_LINUX_MATH64_H

#define div64_u64(a, b)	((a) / (b))

#endif
