// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - what is in effect, from files that everybody may read
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"

bool facts_yes(const char *text)
{
	return text && (*text == 'Y' || *text == 'y' || *text == '1');
}

static bool yes_in(const char *path)
{
	char *text = file_read(path);
	bool yes = facts_yes(text);

	free(text);
	return yes;
}

void facts_get(struct facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->release = file_read("/proc/sys/kernel/osrelease");
	facts->zswap = file_exists(ZSWAP "/enabled");
	facts->enabled = yes_in(ZSWAP "/enabled");
	facts->zpool = file_read(ZSWAP "/zpool");
	facts->compressor = file_read(ZSWAP "/compressor");
	facts->limit = file_read(ZSWAP "/max_pool_percent");

	facts->loaded = file_exists(MODULE);
	facts->version = file_read(MODULE "/version");
	facts->foreign = facts->loaded && !facts->version;
	if (!file_number(MODULE "/refcnt", &facts->users))
		facts->users = 0;
	facts->capture = yes_in(MODULE "/parameters/capture");
	if (facts->zpool)
		facts->front_end = ZPOOL;
	else if (facts->zswap && file_exists(MODULE "/parameters/capture"))
		facts->front_end = BRIDGE;

	facts->has_sums = file_number(MODULE "/parameters/pages", &facts->pages) &&
			  file_number(MODULE "/parameters/objects", &facts->objects) &&
			  file_number(MODULE "/parameters/stored_bytes", &facts->bytes) &&
			  file_number(MODULE "/parameters/density_permille", &facts->density);

	facts->in_effect = facts->enabled && facts->loaded && !facts->foreign &&
			   !strcmp(facts_allocator(facts), "z3fold");
}

void facts_free(struct facts *facts)
{
	free(facts->release);
	free(facts->zpool);
	free(facts->compressor);
	free(facts->limit);
	free(facts->version);
}

const char *facts_front_end(const struct facts *facts)
{
	static const char * const names[] = { "none", "zpool", "bridge" };

	return names[facts->front_end];
}

/* What zswap stores in. Capturing counts from the first pool on that was captured. */
const char *facts_allocator(const struct facts *facts)
{
	if (facts->zpool)
		return facts->zpool;
	if (!facts->zswap)
		return "none";
	return facts->front_end == BRIDGE && facts->capture && facts->users ? "z3fold" : "zsmalloc";
}
