/* SPDX-License-Identifier: GPL-2.0-only */
/* Until 5.19 the inode of a pseudo file system leads to the callbacks. */
#ifndef _HOST_LINUX_FS_H
#define _HOST_LINUX_FS_H

#include <linux/migrate.h>

struct address_space_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migratepage)(struct address_space *mapping, struct page *dst,
			   struct page *src, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

struct address_space {
	const struct address_space_operations *a_ops;
};

struct super_block {
	int dummy;
};

struct inode {
	struct address_space *i_mapping;
	struct address_space i_data;
};

struct fs_context;
struct file_system_type {
	void *owner;
	const char *name;
	int (*init_fs_context)(struct fs_context *fc);
	void (*kill_sb)(struct super_block *sb);
};

struct inode *alloc_anon_inode(struct super_block *sb);
void iput(struct inode *inode);
void kill_anon_super(struct super_block *sb);

#endif
