/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_SCATTERLIST_H
#define _HOST_LINUX_SCATTERLIST_H

struct scatterlist {
	void *host_address;
	unsigned int length;
};

static inline void sg_init_one(struct scatterlist *sg, void *p, unsigned int len)
{
	sg->host_address = p;
	sg->length = len;
}

#endif
