/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_PAGEMAP_H
#define _HOST_LINUX_PAGEMAP_H
#endif
