/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctl.h - what the parts of z3foldctl share, grouped by the file that defines it
 */
#ifndef _Z3FOLDCTL_H
#define _Z3FOLDCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZSWAP		"/sys/module/zswap/parameters"
#define MODULE		"/sys/module/z3fold"
#define DEBUGFS		"/sys/kernel/debug/z3fold"
#define CONFIG		"/etc/z3fold/zswap.conf"
#define SAVED		"/run/z3fold/before"
#define SERVICE		"z3fold-zswap.service"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* In z3foldctl(8): scripts may rely on them. */
enum exit_status {
	DONE = 0,
	FAILED = 1,
	WRONG_USAGE = 2,
	NOT_IN_EFFECT = 3,
	NOT_PERMITTED = 4,
	STILL_IN_USE = 5,
	NOT_POSSIBLE = 6,
	INTERRUPTED = 130,
};

/* main.c */
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
void say(const char *format, ...) PRINTF(1, 2);
__attribute__((noreturn)) void die(enum exit_status status, const char *format, ...) PRINTF(2, 3);
__attribute__((noreturn)) void wrong_usage(const char *format, ...) PRINTF(1, 2);
void need_root(const char *what);
uint64_t number_argument(const char *option, const char *text, uint64_t least, uint64_t most);
void *must(void *allocated);
char *text_of(const char *format, ...) PRINTF(1, 2);
bool interrupted(void);

/* files.c: every path is below the root that --sysroot names */
void files_set_root(const char *root);
bool files_real_root(void);
char *file_path(const char *path);
bool file_exists(const char *path);
char *file_read(const char *path);
char *file_join(const char *dir, const char *name);
bool file_number(const char *path, uint64_t *value);
int file_write(const char *path, const char *value);

/* run.c */
int run_program(char *const argv[], char **output);
int run_start(char *const argv[]);

/* facts.c */
enum front_end { NO_FRONT_END, ZPOOL, BRIDGE };

/**
 * struct facts - what is in effect; a text is NULL where the kernel has no such file
 * @release:	the kernel
 * @zswap:	the kernel has zswap
 * @enabled:	and it is on
 * @zpool:	the allocator that zswap has been told to use (kernels with zpool)
 * @compressor:	likewise
 * @limit:	its max_pool_percent
 * @loaded:	z3fold is loaded
 * @foreign:	and it is the kernel's own, which is not this z3fold
 * @version:	of the module
 * @front_end:	how z3fold gets zswap's objects on this kernel
 * @capture:	the bridge takes zswap's new pools
 * @users:	of the module: pools, usually
 * @in_effect:	zswap is on and stores what it gets in z3fold
 * @has_sums:	the four numbers below are known
 */
struct facts {
	char *release;
	bool zswap, enabled;
	char *zpool, *compressor, *limit;
	bool loaded, foreign;
	char *version;
	enum front_end front_end;
	bool capture;
	uint64_t users;
	bool in_effect;
	bool has_sums;
	uint64_t pages, objects, bytes, density;
};

void facts_get(struct facts *facts);
void facts_free(struct facts *facts);
const char *facts_front_end(const struct facts *facts);
const char *facts_allocator(const struct facts *facts);
bool facts_yes(const char *text);

/* pools.c */
struct figure {
	char *name;
	uint64_t value;
};

struct pool {
	char *name;
	struct figure *stats;
	size_t nr_stats;
};

struct pools {
	struct pool *pools;
	size_t nr;
	bool readable;		/* the directory is there and may be read */
};

void pools_get(struct pools *pools);
void pools_free(struct pools *pools);
bool pool_stat(const struct pool *pool, const char *name, uint64_t *value);

/* table.c */
struct column {
	const char *name;
	const char *help;
	bool text;		/* else right-aligned, a number in JSON */
	bool standard;		/* shown unless -o says otherwise */
};

struct table_options {
	const char *output;
	bool all, json, raw, no_headings, bytes;
};

struct table;
extern const char table_options_help[];
bool table_option(struct table_options *options, int option, char *argument);
struct table *table_new(const char *name, const struct column *columns, size_t nr,
			const struct table_options *options);
void table_row(struct table *table);
void table_set(struct table *table, size_t column, const char *format, ...) PRINTF(3, 4);
void table_set_size(struct table *table, size_t column, uint64_t bytes);
void table_set_ratio(struct table *table, size_t column, double value, int digits);
void table_print(struct table *table);
void columns_help(const struct column *columns, size_t nr);

#define TABLE_SHORT "o:nrJb"
#define TABLE_LONG						\
	{ "output", required_argument, NULL, 'o' },		\
	{ "output-all", no_argument, NULL, 'A' },		\
	{ "noheadings", no_argument, NULL, 'n' },		\
	{ "raw", no_argument, NULL, 'r' },			\
	{ "json", no_argument, NULL, 'J' },			\
	{ "bytes", no_argument, NULL, 'b' }

/* settings.c */
enum setting { POOL, COMPRESSOR, MAX_POOL, ACCEPT, SHRINKER, ENABLED, NR_SETTINGS };

struct settings {
	char *value[NR_SETTINGS];	/* NULL: leave it as it is */
};

const char *setting_file(enum setting setting);
const char *setting_name(enum setting setting);
void settings_set(struct settings *settings, enum setting setting, const char *value, const char *where);
bool settings_read(struct settings *settings, const char *path);
int settings_write(const struct settings *settings, const char *path);
void settings_current(struct settings *settings);
void settings_free(struct settings *settings);

/* zswap.c */
int zswap_set(enum setting setting, const char *value);
int zswap_apply(const struct settings *settings);
void zswap_restore(const struct settings *before, bool compressor_waits);
bool zswap_leave(const struct settings *before);

/* drain.c */
enum exit_status drain(unsigned int seconds);

/* the commands */
int command_status(int argc, char **argv);
int command_chunks(int argc, char **argv);
int command_top(int argc, char **argv);
int command_enable(int argc, char **argv);
int command_disable(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_stress(int argc, char **argv);

#endif /* _Z3FOLDCTL_H */
