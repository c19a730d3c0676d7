// SPDX-License-Identifier: GPL-2.0-only
/*
 * settings.c - what zswap is to be set to: from the configuration file, the command line, or
 * as it was before
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"

enum kind { NAME, PERCENT, YES_NO };

static const struct {
	const char *name;	/* in the configuration file */
	const char *file;	/* among zswap's parameters */
	enum kind kind;
} known[NR_SETTINGS] = {
	[POOL] = { "pool", "zpool", NAME },
	[COMPRESSOR] = { "compressor", "compressor", NAME },
	[MAX_POOL] = { "max_pool_percent", "max_pool_percent", PERCENT },
	[ACCEPT] = { "accept_threshold_percent", "accept_threshold_percent", PERCENT },
	[SHRINKER] = { "shrinker", "shrinker_enabled", YES_NO },
	[ENABLED] = { "enabled", "enabled", YES_NO },
};

const char *setting_file(enum setting setting)
{
	return known[setting].file;
}

const char *setting_name(enum setting setting)
{
	return known[setting].name;
}

static const char *yes_or_no(const char *value)
{
	static const char * const yes[] = { "y", "yes", "1", "on", "true" };
	static const char * const no[] = { "n", "no", "0", "off", "false" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(yes); i++) {
		if (!strcasecmp(value, yes[i]))
			return "Y";
		if (!strcasecmp(value, no[i]))
			return "N";
	}
	return NULL;
}

/* A value as the kernel writes it; NULL if it cannot be one. */
static const char *normal(enum kind kind, const char *value)
{
	size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	switch (kind) {
	case NAME:
		return len && !value[len] && len < 64 ? value : NULL;
	case PERCENT:
		len = strspn(value, "0123456789");
		return len && !value[len] && len < 4 && atoi(value) <= 100 ? value : NULL;
	case YES_NO:
		return yes_or_no(value);
	}
	return NULL;
}

/* An empty value leaves zswap's own. @where: what to blame for a bad one. */
void settings_set(struct settings *settings, enum setting setting, const char *value, const char *where)
{
	static const char * const takes[] = { "a name", "a percentage", "yes or no" };
	const char *good = *value ? normal(known[setting].kind, value) : NULL;

	if (*value && !good)
		die(WRONG_USAGE, "%s: %s is %s, not '%s'", where, known[setting].name,
		    takes[known[setting].kind], value);
	free(settings->value[setting]);
	settings->value[setting] = good ? must(strdup(good)) : NULL;
}

static char *strip(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	for (len = strlen(text); len && isspace((unsigned char)text[len - 1]); len--)
		text[len - 1] = 0;
	return text;
}

static int find(const char *name)
{
	int i;

	for (i = 0; i < NR_SETTINGS && strcmp(known[i].name, name); i++)
		;
	return i;
}

/* "name = value" lines; # begins a comment. False if there is no such file. */
bool settings_read(struct settings *settings, const char *path)
{
	char *text = file_read(path), *rest = text, *line;
	unsigned int nr = 0;

	if (!text) {
		if (errno != ENOENT)
			die(FAILED, "%s cannot be read: %s", path, strerror(errno));
		return false;
	}
	while ((line = strsep(&rest, "\n"))) {
		char *where = text_of("%s:%u", path, ++nr), *value;
		int setting;

		line[strcspn(line, "#")] = 0;
		line = strip(line);
		value = strchr(line, '=');
		if (*line && !value)
			die(WRONG_USAGE, "%s: '%s' is not name=value", where, line);
		if (value) {
			*value++ = 0;
			setting = find(strip(line));
			if (setting == NR_SETTINGS)
				die(WRONG_USAGE, "%s: there is no setting '%s'", where, strip(line));
			settings_set(settings, setting, strip(value), where);
		}
		free(where);
	}
	free(text);
	return true;
}

/* Which setting a line sets, if only in a comment such as "#pool=z3fold". */
static int setting_of_line(const char *line)
{
	char name[64];

	if (sscanf(line, " %63[a-z_] =", name) != 1 && sscanf(line, "#%63[a-z_]=", name) != 1)
		return NR_SETTINGS;
	return strchr(line, '=') ? find(name) : NR_SETTINGS;
}

static void write_lines(FILE *out, const struct settings *settings, char *old)
{
	bool written[NR_SETTINGS] = { false };
	char *line;
	int i;

	while (old && (line = strsep(&old, "\n"))) {
		i = setting_of_line(line);
		if (i == NR_SETTINGS || !settings->value[i])
			fprintf(out, "%s\n", line);
		else if (!written[i])
			fprintf(out, "%s=%s\n", known[i].name, settings->value[i]);
		if (i < NR_SETTINGS && settings->value[i])
			written[i] = true;
	}
	for (i = 0; i < NR_SETTINGS; i++)
		if (settings->value[i] && !written[i])
			fprintf(out, "%s=%s\n", known[i].name, settings->value[i]);
}

/* Sets what is not NULL in the file and leaves the rest of it; all of it or nothing. 0 or an errno. */
int settings_write(const struct settings *settings, const char *path)
{
	char *full = file_path(path), *temporary = text_of("%s.new", full), *dir = must(strdup(full));
	char *old = file_read(path);
	int error = 0;
	FILE *out;

	*strrchr(dir, '/') = 0;
	if (mkdir(dir, 0755) && errno != EEXIST)
		error = errno;
	out = error ? NULL : fopen(temporary, "we");
	if (!error && !out)
		error = errno;
	if (out) {
		write_lines(out, settings, old);
		if (fflush(out) || fsync(fileno(out)))
			error = errno;
		if (fclose(out) && !error)
			error = errno;
		if (!error && rename(temporary, full))
			error = errno;
		if (error)
			unlink(temporary);
	}
	free(old);
	free(dir);
	free(temporary);
	free(full);
	return error;
}

/* As zswap is set now. */
void settings_current(struct settings *settings)
{
	int i;

	for (i = 0; i < NR_SETTINGS; i++) {
		char *path = file_join(ZSWAP, known[i].file);

		settings->value[i] = file_read(path);
		free(path);
	}
}

void settings_free(struct settings *settings)
{
	int i;

	for (i = 0; i < NR_SETTINGS; i++)
		free(settings->value[i]);
	memset(settings, 0, sizeof(*settings));
}
