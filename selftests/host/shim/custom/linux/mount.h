/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_MOUNT_H
#define _HOST_LINUX_MOUNT_H

#include <linux/fs.h>

struct vfsmount {
	struct super_block *mnt_sb;
};

struct vfsmount *kern_mount(struct file_system_type *type);
void kern_unmount(struct vfsmount *mnt);

#endif
