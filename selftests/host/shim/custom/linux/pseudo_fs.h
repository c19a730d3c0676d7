/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_PSEUDO_FS_H
#define _HOST_LINUX_PSEUDO_FS_H

struct fs_context;
struct pseudo_fs_context;
struct pseudo_fs_context *init_pseudo(struct fs_context *fc,
				      unsigned long magic);

#endif
