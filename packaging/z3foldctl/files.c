// SPDX-License-Identifier: GPL-2.0-only
/*
 * files.c - the kernel's small files, below a root that may be a recorded tree
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

/* The largest file that is read: modules.dep, of some hundred KiB. */
#define MOST_BYTES	(16 * 1024 * 1024)
#define FIRST_BYTES	(64 * 1024)

static const char *root = "";

void files_set_root(const char *dir)
{
	root = strcmp(dir, "/") ? dir : "";
}

/* Else the files are a recording: no question of permission, and no kernel behind them. */
bool files_real_root(void)
{
	return !*root;
}

char *file_path(const char *path)
{
	return text_of("%s%s", root, path);
}

char *file_join(const char *dir, const char *name)
{
	return text_of("%s/%s", dir, name);
}

bool file_exists(const char *path)
{
	char *full = file_path(path);
	bool exists = access(full, F_OK) == 0;

	free(full);
	return exists;
}

/* The file's text without the white space at its end; NULL and errno if it cannot be read. */
char *file_read(const char *path)
{
	size_t len = 0, room = FIRST_BYTES;
	char *full = file_path(path), *text = must(malloc(room + 1));
	int fd = open(full, O_RDONLY | O_CLOEXEC), error = 0;
	ssize_t got = 0;

	if (fd < 0)
		error = errno;
	while (fd >= 0 && len < MOST_BYTES) {
		if (len == room) {
			room *= 2;
			text = must(realloc(text, room + 1));
		}
		got = read(fd, text + len, room - len);
		if (got <= 0)
			break;
		len += got;
	}
	if (got < 0)
		error = errno;
	if (fd >= 0)
		close(fd);
	free(full);
	if (error) {
		free(text);
		errno = error;
		return NULL;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	text[len] = 0;
	return must(realloc(text, len + 1));
}

bool file_number(const char *path, uint64_t *value)
{
	char *text = file_read(path), *end;
	bool good;

	if (!text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	good = !errno && end != text && !*end && *text != '-';
	free(text);
	return good;
}

/* 0 or an errno. The file must be there: nothing is created in a recorded tree. */
int file_write(const char *path, const char *value)
{
	char *full = file_path(path);
	int fd = open(full, O_WRONLY | O_TRUNC | O_CLOEXEC), error = 0;
	size_t len = strlen(value);

	if (fd < 0 || write(fd, value, len) != (ssize_t)len)
		error = errno ? errno : EIO;
	if (fd >= 0 && close(fd) && !error)
		error = errno;
	free(full);
	return error;
}
