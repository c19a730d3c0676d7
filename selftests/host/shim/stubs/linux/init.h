/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_INIT_H
#define _HOST_LINUX_INIT_H

#define __init
#define __exit

#endif
