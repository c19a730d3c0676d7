/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * z3fold.pml - the protocol of src/, small enough to visit every state of it
 *
 * Steps have the names of the functions that they model, README.md maps them.
 * ./check runs it: SETUP says what is there at the beginning, ACTORS who runs,
 * TSO gives each process a store buffer, and each BROKEN_* drops one rule.
 *
 * A critical section that touches only what its lock guards is one step; one
 * with stores that others see without that lock is taken apart.  A cmpxchg loop
 * is one step where only its success is seen; unpin, which mixes a load with a
 * byte store, is not.
 *
 * A page has two buddies here: FIRST at 0, and MIDDLE at 1 or 2.
 */
#define BUDDIES		2
#define DESCRIPTORS	3
#define FRAMES		3
#define OBJECTS		4
#define PROCS		8
#define BUFFER		3

#define NONE		15		/* no descriptor, frame, handle: also NO_PAGE */
#define BIT(i)		(1 << (i))
#define ALL		(BIT(BUDDIES) - 1)

/* The word: | page | start: 2 | MOVING | count: 2 | first: 2 | */
#define FIRST_MASK	3
#define FREE		0
#define HELD		1
#define FRESH		2
#define COUNT_ONE	4
#define COUNT_MASK	12
#define PINS_MASK	15
#define MOVING		16
#define LOCATION(f, s)	(((f) * 4 + (s)) << 5)
#define PLACE(val)	((val) >> 5)	/* index into bytes[] */
#define FRAME(val)	((val) >> 7)
#define UNUSED		LOCATION(NONE, 0)
#define PINS(val)	((((val) & FIRST_MASK) -> 1 : 0) + (((val) & COUNT_MASK) >> 2))

#define HOME(h)		((h) / BUDDIES)
#define WORD_BIT(h)	BIT((h) % BUDDIES)
#define START(d, b)	((b) -> zp_start[d] : 0)

#define DEAD		0
#define NEW		1
#define LISTED		2
#define CLAIMED		3
#define ISOLATED	4
#define DYING		5

/* struct z3fold_page; DEAD: the slab has it */
short word[DESCRIPTORS * BUDDIES];
byte zp_state[DESCRIPTORS];
byte zp_page[DESCRIPTORS];
byte zp_used[DESCRIPTORS];
byte zp_called[DESCRIPTORS];
byte zp_zombie[DESCRIPTORS];
byte zp_objects[DESCRIPTORS * BUDDIES];
byte zp_sizes[DESCRIPTORS];		/* which buddies have a size */
byte zp_start[DESCRIPTORS];
bool zp_lock[DESCRIPTORS];
byte zp_waits[DESCRIPTORS];		/* who waits for the lock, for the checks */
#define OBJ(d, b)	zp_objects[(d) * BUDDIES + (b)]

/*
 * struct page, and what is in it: the number of an object and one, or 0 where
 * none is: freed and moved objects are wiped, which the code need not do.
 */
byte pg_refs[FRAMES];
bool pg_locked[FRAMES];
bool pg_movable[FRAMES];
bool pg_isolated[FRAMES];
byte pg_private[FRAMES];
byte bytes[FRAMES * 4];

/* struct z3fold_pool */
bool pool_alive = true;
bool pool_lock;
byte pool_isolated;
byte pool_deferred;			/* a mask */

/* zswap's tree: object k is at offset k */
bool tree_has[OBJECTS];
byte tree_refs[OBJECTS];
byte tree_handle[OBJECTS];

byte actors;				/* who keeps the pool from being destroyed */

/* ---- stores that others see without a lock ----------------------------- */

#define BYTE		0
#define WORD		1
#define PAGENO		2
#define UNLOCK		3

/* (Not inlines: spin's fail where an argument holds a conditional.) */
#define APPLY(kind, i, v)							\
	if									\
	:: kind == BYTE ->							\
		assert((word[i] & FIRST_MASK) == HELD);				\
		word[i] = word[i] & ~FIRST_MASK					\
	:: kind == WORD -> word[i] = v						\
	:: kind == PAGENO -> zp_page[i] = v					\
	:: kind == UNLOCK -> zp_lock[i] = false					\
	fi

#ifdef TSO
byte sb_n[PROCS];
byte sb_kind[PROCS * BUFFER];
byte sb_i[PROCS * BUFFER];
short sb_v[PROCS * BUFFER];
#define SB(p, n)	((p) * BUFFER + (n))

/* Locked instructions wait until the buffer is empty. */
#define DRAINED		(sb_n[_pid] == 0)
#define PENDING(h, n)	(sb_n[_pid] > n && sb_kind[SB(_pid, n)] == BYTE && \
			 sb_i[SB(_pid, n)] == h)
/* A load sees the process's own stores. */
#define READ(h)		((PENDING(h, 0) || PENDING(h, 1) || PENDING(h, 2)) -> \
			 (word[h] & ~FIRST_MASK) : word[h])

#define STORE(kind, i, v)							\
	atomic {								\
		sb_n[_pid] < BUFFER ->						\
		sb_kind[SB(_pid, sb_n[_pid])] = kind;				\
		sb_i[SB(_pid, sb_n[_pid])] = i;					\
		sb_v[SB(_pid, sb_n[_pid])] = v;					\
		sb_n[_pid]++							\
	}

inline drain(p)
{
	APPLY(sb_kind[SB(p, 0)], sb_i[SB(p, 0)], sb_v[SB(p, 0)]);
	sb_kind[SB(p, 0)] = sb_kind[SB(p, 1)];
	sb_i[SB(p, 0)] = sb_i[SB(p, 1)];
	sb_v[SB(p, 0)] = sb_v[SB(p, 1)];
	sb_kind[SB(p, 1)] = sb_kind[SB(p, 2)];
	sb_i[SB(p, 1)] = sb_i[SB(p, 2)];
	sb_v[SB(p, 1)] = sb_v[SB(p, 2)];
	sb_kind[SB(p, 2)] = 0;
	sb_i[SB(p, 2)] = 0;
	sb_v[SB(p, 2)] = 0;
	sb_n[p]--
}

/* The memory system: the oldest store of anybody, at any time. */
proctype memory()
{
end:	do
	:: d_step { sb_n[2] > 0 -> drain(2) }
	:: d_step { sb_n[3] > 0 -> drain(3) }
	:: d_step { sb_n[4] > 0 -> drain(4) }
	:: d_step { sb_n[5] > 0 -> drain(5) }
	:: d_step { sb_n[6] > 0 -> drain(6) }
	:: d_step { sb_n[7] > 0 -> drain(7) }
	od
}
#else
#define DRAINED		true
#define READ(h)		word[h]

#define STORE_BYTE(i, v)							\
	d_step {								\
		assert((word[i] & FIRST_MASK) == HELD);				\
		word[i] = word[i] & ~FIRST_MASK					\
	}
#define STORE_WORD(i, v)	word[i] = v
#define STORE_PAGENO(i, v)	zp_page[i] = v
#define STORE_UNLOCK(i, v)	zp_lock[i] = false
#define STORE(kind, i, v)	STORE_##kind(i, v)
#endif

inline spin_lock(d)
{
	if
	:: atomic { DRAINED && !zp_lock[d] ->
		assert(zp_state[d] != DEAD);
		zp_lock[d] = true }
	:: atomic { DRAINED && zp_lock[d] ->
		assert(zp_state[d] != DEAD);
		zp_waits[d]++ };
	   atomic { !zp_lock[d] ->
		zp_lock[d] = true;
		zp_waits[d]-- }
	fi
}

inline spin_unlock(d)
{
	STORE(UNLOCK, d, 0)
}

/* ---- the kernel's pages ------------------------------------------------- */

inline alloc_page(page)
{
	atomic {
		if
		:: pg_refs[0] == 0 -> page = 0
		:: pg_refs[1] == 0 -> page = 1
		:: pg_refs[2] == 0 -> page = 2
		:: else -> page = NONE
		fi;
		if
		:: page != NONE -> pg_refs[page] = 1; pg_private[page] = NONE
		:: else
		fi
	}
}

inline put_page(page)
{
	d_step {
		DRAINED ->
		assert(pg_refs[page]);
		pg_refs[page]--;
		if
		:: pg_refs[page] == 0 ->
			assert(!pg_movable[page] && !pg_locked[page]);
			pg_private[page] = NONE;
			pg_isolated[page] = false;
			bytes[page * 4] = 0;
			bytes[page * 4 + 1] = 0;
			bytes[page * 4 + 2] = 0
		:: else
		fi
	}
}

/* ---- handles.c ---------------------------------------------------------- */

#ifdef BROKEN_PIN_MOVING
#define PINNABLE(h)	true
#else
#define PINNABLE(h)	(!(word[h] & MOVING))
#endif

inline z3fold_handle_pin(h, val)
{
	atomic {
		DRAINED && PINNABLE(h) ->
		assert(zp_state[HOME(h)] != DEAD);
		assert(FRAME(word[h]) != NONE);
		if
		:: (word[h] & FIRST_MASK) != HELD ->
			word[h] = (word[h] & ~FIRST_MASK) | HELD
		:: else ->
			assert((word[h] & COUNT_MASK) != COUNT_MASK);
			word[h] = word[h] + COUNT_ONE
		fi;
		val = word[h]
	}
}

inline z3fold_handle_unpin(h)
{
	old = READ(h);
	do
#ifdef BROKEN_UNPIN_COUNT
	:: true ->
#else
	:: !(old & COUNT_MASK) ->
		assert((old & FIRST_MASK) == HELD);
#endif
		STORE(BYTE, h, 0);
		break
#ifndef BROKEN_UNPIN_COUNT
	:: else ->
		atomic {
			DRAINED ->
			if
			:: word[h] == old -> word[h] = old - COUNT_ONE; break
#ifdef BROKEN_UNPIN_REREAD
			:: else -> word[h] = word[h] - COUNT_ONE; break
#else
			:: else -> old = word[h]
#endif
			fi
		}
#endif
	od;
	old = 0
}

inline z3fold_handle_start_move(h, ok)
{
	atomic {
		DRAINED ->
		assert(FRAME(word[h]) != NONE && !(word[h] & MOVING));
#if defined(BROKEN_MOVE_COUNT)
		ok = !(word[h] & FIRST_MASK);
#elif defined(BROKEN_MOVE_BYTE)
		ok = !(word[h] & COUNT_MASK);
#else
		ok = !(word[h] & PINS_MASK);
#endif
		if
		:: ok -> word[h] = word[h] | MOVING
		:: else
		fi
	}
}

#define z3fold_handle_end_move(h, location)					\
	assert(word[h] & MOVING);						\
	STORE(WORD, h, location)

inline z3fold_handle_owner(h, val, zp)
{
	if
	:: zp_page[HOME(h)] == FRAME(val) -> zp = HOME(h)
	:: else ->
		zp = pg_private[FRAME(val)];
		assert(zp != NONE)
	fi
}

/* In a step of its caller, under the home's lock. */
inline z3fold_handle_clear(h)
{
	assert(PINS(READ(h)) <= 1);
	assert(zp_used[HOME(h)] & WORD_BIT(h));
	word[h] = UNUSED;
	zp_used[HOME(h)] = zp_used[HOME(h)] & ~WORD_BIT(h)
}

#ifdef BROKEN_HOME_LOCK
#define HOME_LOCKABLE(h)	true
#else
#define HOME_LOCKABLE(h)	(!zp_lock[HOME(h)])
#endif

inline z3fold_handle_free(h, last)
{
	d_step {
		DRAINED && HOME_LOCKABLE(h) ->
		assert(zp_state[HOME(h)] != DEAD);
		z3fold_handle_clear(h);
		last = !zp_used[HOME(h)] && zp_page[HOME(h)] == NONE
	}
	if
	:: last -> z3fold_page_free(HOME(h))
	:: else
	fi
}

/* ---- page.c ------------------------------------------------------------- */

inline descriptor_new(zp)
{
	d_step {
		DRAINED ->
		if
		:: zp_state[0] == DEAD -> zp = 0
		:: zp_state[0] != DEAD && zp_state[1] == DEAD -> zp = 1
		:: else -> assert(zp_state[2] == DEAD); zp = 2
		fi;
		zp_state[zp] = NEW;
		zp_page[zp] = NONE;
		zp_used[zp] = 0;
		word[zp * BUDDIES] = UNUSED;
		word[zp * BUDDIES + 1] = UNUSED
	}
}

inline z3fold_page_free(zp)
{
	d_step {
		DRAINED ->
		assert(zp_state[zp] != DEAD && zp_state[zp] != LISTED);
		assert(!zp_lock[zp] && !zp_waits[zp]);
		assert(!zp_used[zp] && !zp_sizes[zp] && zp_page[zp] == NONE);
		zp_state[zp] = DEAD;
		zp_start[zp] = 0
	}
}

inline z3fold_page_new(zp)
{
	descriptor_new(zp);
	alloc_page(rpage);
	if
	:: rpage == NONE -> z3fold_page_free(zp); zp = NONE
	:: else ->
		zp_page[zp] = rpage;
#ifdef BROKEN_PUBLISH_LAST
		d_step { pg_movable[rpage] = true };
		pg_private[rpage] = zp
#else
		pg_private[rpage] = zp;
		/* z3fold_migration_publish: trylock_page, mark, unlock_page */
		d_step { !pg_locked[rpage] -> pg_movable[rpage] = true }
#endif
	fi;
	rpage = 0
}

inline give_back(zp)
{
#ifdef BROKEN_NO_PAGE_FIRST
	rpage = zp_page[zp];
	pg_private[rpage] = NONE;
	put_page(rpage);
	d_step {
		DRAINED && !zp_lock[zp] -> zp_page[zp] = NONE;
		rlast = !zp_used[zp]
	}
#else
	spin_lock(zp);
	rpage = zp_page[zp];
	STORE(PAGENO, zp, NONE);
#ifndef BROKEN_LAST_UNLOCKED
	rlast = !zp_used[zp];
#endif
	spin_unlock(zp);
#ifdef BROKEN_LAST_UNLOCKED
	rlast = !zp_used[zp];
#endif
	pg_private[rpage] = NONE;
	put_page(rpage);
#endif
	rpage = 0;
	if
#ifdef BROKEN_GHOST
	:: true -> z3fold_page_free(zp)
#else
	:: rlast -> z3fold_page_free(zp)
#endif
	:: else
	fi;
	rlast = false
}

inline z3fold_page_release_locked(zp)
{
	assert(pg_locked[zp_page[zp]] && pg_movable[zp_page[zp]]);
	pg_movable[zp_page[zp]] = false;
	give_back(zp)
}

/* z3fold_page_release(), and with deferred set the work item's turn. */
inline try_release(zp)
{
	assert(zp_state[zp] == DYING);
	atomic {
		DRAINED ->
		if
#ifdef BROKEN_WITHDRAW
		:: true ->
#else
		:: pg_locked[zp_page[zp]] ->
			pool_deferred = pool_deferred | BIT(zp);
			rlast = false
		:: else ->
#endif
			assert(pg_movable[zp_page[zp]]);
			pg_movable[zp_page[zp]] = false;
			rlast = true
		fi
	}
	if
	:: rlast -> give_back(zp)
	:: else
	fi
}

inline z3fold_page_release(zp)
{
	try_release(zp)
}

/* ---- shard.c: each is one critical section of the shard's lock ---------- */

#define ROOM(d)		(zp_state[d] == LISTED && zp_sizes[d] != ALL && (d) != NONE)

inline z3fold_shard_find(zp)
{
	atomic {
		DRAINED ->
		if
		:: ROOM(0) -> zp = 0
		:: ROOM(1) -> zp = 1
		:: ROOM(2) -> zp = 2
		:: else -> zp = NONE
		fi;
		if
		:: zp != NONE -> zp_state[zp] = CLAIMED
		:: else
		fi
	}
}

inline z3fold_shard_claim(zp)
{
	atomic {
		DRAINED ->
		if
		:: zp_state[0] == LISTED -> zp = 0
		:: zp_state[1] == LISTED -> zp = 1
		:: zp_state[2] == LISTED -> zp = 2
		:: else -> zp = NONE
		fi;
		if
		:: zp != NONE -> zp_state[zp] = CLAIMED
		:: else
		fi
	}
}

inline z3fold_shard_isolate(zp, ours)
{
	d_step {
		DRAINED ->
		assert(zp_state[zp] != DEAD && pool_alive);
#ifdef BROKEN_ISOLATE
		ours = zp_state[zp] == LISTED || zp_state[zp] == CLAIMED;
#else
		ours = zp_state[zp] == LISTED;
#endif
		if
		:: ours -> zp_state[zp] = ISOLATED; pool_isolated++
		:: else
		fi
	}
}

inline z3fold_shard_unclaim(zp, gone)
{
	d_step {
		DRAINED ->
		assert(zp_state[zp] == CLAIMED || zp_state[zp] == ISOLATED);
#ifdef BROKEN_UNCLAIM
		gone = false;
#else
		gone = !zp_sizes[zp];
#endif
		zp_state[zp] = (gone -> DYING : LISTED)
	}
}

/* spin_lock, z3fold_shard_unclaim, spin_unlock */
inline lock_unclaim(zp, gone)
{
	d_step {
		DRAINED && !zp_lock[zp] ->
		assert(zp_state[zp] == CLAIMED || zp_state[zp] == ISOLATED);
#ifdef BROKEN_UNCLAIM
		gone = false;
#else
		gone = !zp_sizes[zp];
#endif
		zp_state[zp] = (gone -> DYING : LISTED)
	}
}

inline z3fold_shard_add(zp, b, state)
{
	d_step {
		DRAINED ->
		assert(!(zp_sizes[zp] & BIT(b)));
		zp_sizes[zp] = zp_sizes[zp] | BIT(b);
		zp_state[zp] = state
	}
}

inline z3fold_shard_remove(zp, b, gone)
{
	d_step {
		DRAINED ->
		assert(zp_sizes[zp] & BIT(b));
		zp_sizes[zp] = zp_sizes[zp] & ~BIT(b);
#ifdef BROKEN_FREE_CLAIMED
		gone = !zp_sizes[zp];
#else
		gone = zp_state[zp] == LISTED && !zp_sizes[zp];
#endif
		if
		:: gone -> zp_state[zp] = DYING
		:: else
		fi
	}
}

/* ---- core.c ------------------------------------------------------------- */

inline z3fold_compact_slide(zp, ok)
{
	z3fold_handle_start_move(OBJ(zp, 1), ok);
	if
	:: ok ->
		bytes[zp_page[zp] * 4 + 3 - zp_start[zp]] =
			bytes[zp_page[zp] * 4 + zp_start[zp]];
		d_step {
			bytes[zp_page[zp] * 4 + zp_start[zp]] = 0;
			zp_start[zp] = 3 - zp_start[zp]
		}
		z3fold_handle_end_move(OBJ(zp, 1), LOCATION(zp_page[zp], zp_start[zp]))
	:: else
	fi
}

/* h is NONE if the page's MIDDLE is pinned. */
inline put_object(zp, h)
{
	ok = true;
	spin_lock(zp);
	if
	:: zp_used[zp] == ALL ->
		spin_unlock(zp);
		descriptor_new(ghost);
		spin_lock(zp)
	:: else
	fi;
	if
	:: !(zp_sizes[zp] & BIT(1)) -> b = 1
	:: !(zp_sizes[zp] & BIT(0)) -> b = 0
	fi;
	if
	:: b == 0 && (zp_sizes[zp] & BIT(1)) -> z3fold_compact_slide(zp, ok)
	:: true
	fi;
	if
	:: !ok ->
		z3fold_shard_unclaim(zp, dying);
		spin_unlock(zp);
		if
		:: dying -> z3fold_page_release(zp)
		:: else
		fi;
		h = NONE
	:: else ->
		d_step {
			home = (zp_used[zp] == ALL -> ghost : zp);
			h = home * BUDDIES + ((zp_used[home] & 1) -> 1 : 0);
			zp_used[home] = zp_used[home] | WORD_BIT(h);
			OBJ(zp, b) = h;
			if
			:: b == 1 -> zp_start[zp] = 1
			:: else
			fi
		}
		STORE(WORD, h, LOCATION(zp_page[zp], START(zp, b)) | FRESH);
		z3fold_shard_add(zp, b, LISTED);
		spin_unlock(zp);
		if
		:: home == ghost -> ghost = NONE
		:: else
		fi
	fi;
	if
	:: ghost != NONE -> z3fold_page_free(ghost); ghost = NONE
	:: else
	fi
}

/*
 * The code holds the shard's lock to the end.  Here others may come in once all
 * but the word is stored: more than there can be.
 */
#define FREE_ROOM(d)	(ROOM(d) && !zp_lock[d] && zp_used[d] != ALL)

inline add_listed(zp, h)
{
	atomic {
		DRAINED ->
		if
		:: FREE_ROOM(0) -> zp = 0
		:: FREE_ROOM(1) -> zp = 1
		:: FREE_ROOM(2) -> zp = 2
		:: else -> zp = NONE
		fi;
		if
		:: zp != NONE ->
			zp_lock[zp] = true;
			b = ((zp_sizes[zp] & BIT(1)) -> 0 : 1);
			h = zp * BUDDIES + ((zp_used[zp] & 1) -> 1 : 0);
			zp_used[zp] = zp_used[zp] | WORD_BIT(h);
			OBJ(zp, b) = h;
			if
			:: b == 1 -> zp_start[zp] = 1
			:: else
			fi;
			zp_sizes[zp] = zp_sizes[zp] | BIT(b)
		:: else
		fi
	};
	if
	:: zp != NONE ->
		STORE(WORD, h, LOCATION(zp_page[zp], START(zp, b)) | FRESH);
		spin_unlock(zp)
	:: else
	fi
}

inline z3fold_alloc(h)
{
	h = NONE;
	if
	:: add_listed(zp, h)
	:: z3fold_shard_find(zp);
		if
		:: zp != NONE -> put_object(zp, h)
		:: else
		fi
	fi;
	if
	:: h == NONE ->
		z3fold_page_new(zp);
		if
		:: zp != NONE -> put_object(zp, h)
		:: else
		fi
	:: else
	fi;
	zp = 0; b = 0; home = 0
}

inline z3fold_free(h)
{
#ifdef BROKEN_FREE_PIN
	fval = word[h];
#else
	z3fold_handle_pin(h, fval);
#endif
	z3fold_handle_owner(h, fval, fzp);
	spin_lock(fzp);
	if
	:: OBJ(fzp, 0) == h -> fb = 0
	:: OBJ(fzp, 1) == h -> fb = 1
	:: else -> assert(false)
	fi;
	assert(!(zp_zombie[fzp] & BIT(fb)));
	z3fold_shard_remove(fzp, fb, dying);
	if
#ifndef BROKEN_ZOMBIE
	:: zp_called[fzp] & BIT(fb) ->
		zp_zombie[fzp] = zp_zombie[fzp] | BIT(fb);
#ifdef BROKEN_ZOMBIE_UNPIN
		spin_unlock(fzp);
		z3fold_handle_unpin(h)
#else
		z3fold_handle_unpin(h);
		spin_unlock(fzp)
#endif
#endif
	:: else ->
		d_step {
			bytes[zp_page[fzp] * 4 + START(fzp, fb)] = 0;
			OBJ(fzp, fb) = NONE
		}
#ifdef BROKEN_OWNER_UNLOCKED
		spin_unlock(fzp);
		if
		:: HOME(h) == fzp -> d_step {
			assert(zp_state[fzp] != DEAD);
			z3fold_handle_clear(h) }
		:: else -> z3fold_handle_free(h, flast)
		fi;
#else
		if
		:: HOME(h) == fzp -> d_step { z3fold_handle_clear(h) };
			spin_unlock(fzp)
		:: else ->
			spin_unlock(fzp);
			z3fold_handle_free(h, flast)
		fi;
#endif
		if
		:: dying -> z3fold_page_release(fzp)
		:: else
		fi
	fi;
	fval = 0; fzp = 0; fb = 0; flast = false; dying = false
}

/* ---- zswap: store, load, invalidate; the tree's lock makes each step ----- */

inline zswap_get(k, got)
{
	d_step {
		DRAINED ->
		got = tree_has[k];
		if
		:: got -> tree_refs[k]++
		:: else
		fi
	}
}

inline zswap_put(k, got)
{
	d_step {
		DRAINED ->
		tree_refs[k]--;
		got = tree_refs[k] == 0
	}
	if
	:: got -> z3fold_free(tree_handle[k])
	:: else
	fi;
	got = false
}

inline zswap_invalidate(k, got)
{
	d_step {
		DRAINED ->
		got = tree_has[k];
		tree_has[k] = false
	}
	if
	:: got -> zswap_put(k, got)
	:: else
	fi
}

inline zswap_load(k, got)
{
	zswap_get(k, got);
	if
	:: got ->
		z3fold_handle_pin(tree_handle[k], val);
		assert(bytes[PLACE(val)] == k + 1);
#ifdef BROKEN_UNPIN_RELEASE
		z3fold_handle_unpin(tree_handle[k]);
		assert(bytes[PLACE(val)] == k + 1);
#else
		assert(bytes[PLACE(val)] == k + 1);
		z3fold_handle_unpin(tree_handle[k]);
#endif
		val = 0;
		zswap_put(k, got)
	:: else
	fi
}

inline zswap_store(k)
{
	z3fold_alloc(handle);
	if
	:: handle != NONE ->
		z3fold_handle_pin(handle, val);
		assert(bytes[PLACE(val)] == 0);
		bytes[PLACE(val)] = k + 1;
		z3fold_handle_unpin(handle);
		val = 0;
		d_step {
			DRAINED ->
			tree_handle[k] = handle;
			tree_refs[k] = 1;
			tree_has[k] = true
		}
	:: else
	fi;
	handle = 0
}

/* ---- actors ------------------------------------------------------------- */

#define FREE_LOCALS	short old; short fval; byte fzp; byte fb; bool flast; \
			bool dying; byte rpage; bool rlast; bool got; short val
#define ALLOC_LOCALS	byte zp; byte b; byte home; byte ghost = NONE; bool ok; \
			byte handle
#define DONE		d_step { DRAINED -> actors-- }

#ifdef WITH_loader
proctype loader(byte k)
{
	FREE_LOCALS;

	zswap_load(k, got);
	DONE
}
#endif

#ifdef WITH_invalidator
proctype invalidator(byte k)
{
	FREE_LOCALS;

	zswap_invalidate(k, got);
	DONE
}
#endif

/* Store, then load. */
#ifdef WITH_user
proctype user(byte k)
{
	FREE_LOCALS; ALLOC_LOCALS;

	zswap_store(k);
	zswap_load(k, got);
	DONE
}
#endif

/* Free k, store j: has k's word, page and descriptor again. */
#ifdef WITH_restorer
proctype restorer(byte k; byte j)
{
	FREE_LOCALS; ALLOC_LOCALS;

	zswap_invalidate(k, got);
	zswap_store(j);
	DONE
}
#endif

/* An allocation that needs MIDDLE elsewhere, and gives up then. */
#ifdef WITH_slider
proctype slider()
{
	FREE_LOCALS; byte zp; bool ok;

	z3fold_shard_claim(zp);
	if
	:: zp != NONE ->
		spin_lock(zp);
		if
		:: zp_sizes[zp] & BIT(1) -> z3fold_compact_slide(zp, ok)
		:: else
		fi;
		z3fold_shard_unclaim(zp, dying);
		spin_unlock(zp);
		if
		:: dying -> z3fold_page_release(zp)
		:: else
		fi
	:: else
	fi;
	DONE
}
#endif

/* compaction.c: move_object(), both pages claimed and locked */
inline move_object(from, b, to)
{
	tb = ((zp_sizes[to] & BIT(0)) -> 1 : 0);
	h = OBJ(from, b);
	if
	:: h == NONE || zp_sizes[to] == ALL
	:: else ->
		z3fold_handle_start_move(h, ok);
		if
		:: ok ->
			if
			:: tb == 1 -> zp_start[to] = 1
			:: else
			fi;
#ifdef BROKEN_COPY_FIRST
			place = PLACE(word[h]);
			z3fold_handle_end_move(h, LOCATION(zp_page[to], START(to, tb)));
			bytes[zp_page[to] * 4 + START(to, tb)] = bytes[place];
			OBJ(to, tb) = h;
			OBJ(from, b) = NONE;
#else
			bytes[zp_page[to] * 4 + START(to, tb)] = bytes[PLACE(word[h])];
			bytes[PLACE(word[h])] = 0;
			OBJ(to, tb) = h;
			OBJ(from, b) = NONE;
			z3fold_handle_end_move(h, LOCATION(zp_page[to], START(to, tb)));
#endif
			z3fold_shard_add(to, tb, CLAIMED);
			z3fold_shard_remove(from, b, dying)
		:: else
		fi
	fi
}

/* compaction.c: empty_page(), one object of it */
#ifdef WITH_sweeper
proctype sweeper()
{
	FREE_LOCALS;
	byte from, to, b, tb, h, place; bool ok;

	z3fold_shard_claim(from);
	if
	:: from == NONE
	:: else ->
		/* objects_of(), claim_places() */
		atomic {
			DRAINED && !zp_lock[from] ->
			if
			:: zp_sizes[from] & BIT(0) -> b = 0
			:: zp_sizes[from] & BIT(1) -> b = 1
			:: else -> b = NONE
			fi
		}
		if
		:: b != NONE ->
			z3fold_shard_find(to);
			if
			:: to != NONE ->
#ifndef BROKEN_MOVE_LOCK
				spin_lock(from);
#endif
				spin_lock(to);
				move_object(from, b, to);
				spin_unlock(to);
#ifndef BROKEN_MOVE_LOCK
				spin_unlock(from);
#endif
				lock_unclaim(to, dying);
				if
				:: dying -> z3fold_page_release(to)
				:: else
				fi
			:: else
			fi
		:: else
		fi;
		lock_unclaim(from, dying);
		if
		:: dying -> z3fold_page_release(from)
		:: else
		fi
	fi;
	DONE
}
#endif

/* ---- reclaim.c ---------------------------------------------------------- */

inline begin_call(zp, b, h)
{
	d_step {
		DRAINED && !zp_lock[zp] ->
		h = OBJ(zp, b);
		if
#ifdef BROKEN_FRESH
		:: h != NONE && (READ(h) & PINS_MASK) && (READ(h) & PINS_MASK) != FRESH ->
#else
		:: h != NONE && (READ(h) & PINS_MASK) ->
#endif
			h = NONE
		:: else
		fi;
#ifndef BROKEN_MARK
		if
		:: h != NONE -> zp_called[zp] = zp_called[zp] | BIT(b)
		:: else
		fi
#endif
	}
#ifdef BROKEN_MARK
	if
	:: h != NONE -> d_step { DRAINED && !zp_lock[zp] ->
		zp_called[zp] = zp_called[zp] | BIT(b) }
	:: else
	fi
#endif
}

/*
 * zswap's callback: what is stored says which entry it is.  As in 6.1 the
 * object is freed while it is mapped.
 */
inline evict(h)
{
	z3fold_handle_pin(h, val);
	assert(bytes[PLACE(val)]);
	k = bytes[PLACE(val)] - 1;
	zswap_get(k, got);
	if
	:: got ->
		assert(bytes[PLACE(val)] == k + 1);
		if
		:: zswap_invalidate(k, got)
		:: true			/* it could not be written */
		fi;
		zswap_put(k, got)
	:: else
	fi;
	z3fold_handle_unpin(h);
	val = 0; k = 0
}

inline end_call(zp, b, h)
{
	d_step {
		DRAINED && !zp_lock[zp] ->
		zombie = (zp_zombie[zp] & BIT(b)) != 0;
#ifdef BROKEN_REAP
	}
	d_step {
		DRAINED && !zp_lock[zp] ->
#endif
		zp_called[zp] = zp_called[zp] & ~BIT(b);
		if
		:: zombie ->
			zp_zombie[zp] = zp_zombie[zp] & ~BIT(b);
			assert(!PINS(READ(h)));
			bytes[zp_page[zp] * 4 + START(zp, b)] = 0;
			OBJ(zp, b) = NONE;
			if
			:: HOME(h) == zp -> z3fold_handle_clear(h)
			:: else
			fi
		:: else
		fi
	}
	if
	:: zombie && HOME(h) != zp -> z3fold_handle_free(h, flast); flast = false
	:: else
	fi;
	zombie = false
}

#ifdef WITH_evictor
proctype evictor()
{
	FREE_LOCALS;
	byte zp, b, h, k; bool zombie;

	z3fold_shard_claim(zp);
	if
	:: zp == NONE
	:: else ->
		for (b : 0 .. BUDDIES - 1) {
			begin_call(zp, b, h);
			if
			:: h != NONE ->
				evict(h);
				end_call(zp, b, h)
			:: else
			fi
		}
		skip;		/* spin: a loop may not end in a d_step */
		lock_unclaim(zp, dying);
		if
		:: dying -> z3fold_page_release(zp)
		:: else
		fi
	fi;
	DONE
}
#endif

/* ---- migration.c, and the kernel's side of it --------------------------- */

inline uncount()
{
#ifdef BROKEN_UNCOUNT
	pool_isolated--;
	assert(pool_alive)		/* wake_up() */
#else
	atomic { DRAINED && !pool_lock -> assert(pool_alive); pool_lock = true };
	pool_isolated--;
	d_step { assert(pool_alive); pool_lock = false }
#endif
}

inline putback(page)
{
	zp = pg_private[page];
	assert(zp != NONE);
	lock_unclaim(zp, dying);
	if
	:: dying -> z3fold_page_release_locked(zp)
	:: else
	fi;
	uncount()
}

inline end_moves(end)
{
	m = 0;
	do
	:: m < end ->
		if
		:: OBJ(zp, m) != NONE ->
			z3fold_handle_end_move(OBJ(zp, m),
					       LOCATION(zp_page[zp], START(zp, m)))
		:: else
		fi;
		m++
	:: else -> break
	od;
	m = 0
}

inline start_moves()
{
	n = 0;
	ok = true;
	do
	:: n < BUDDIES ->
		if
		:: OBJ(zp, n) != NONE -> z3fold_handle_start_move(OBJ(zp, n), ok)
		:: else
		fi;
		if
		:: !ok -> break
		:: else -> n++
		fi
	:: else -> break
	od;
#ifndef BROKEN_ROLLBACK
	if
	:: !ok -> end_moves(n)
	:: else
	fi;
#endif
	n = 0
}

inline migrate(newpage, page)
{
	zp = pg_private[page];
	assert(zp != NONE);
	spin_lock(zp);
	if
	:: !zp_sizes[zp] ->
		z3fold_shard_unclaim(zp, dying);
		spin_unlock(zp);
		z3fold_page_release_locked(zp);
		uncount();
		ok = true
	:: else ->
		start_moves();
		if
		:: ok ->
			d_step {
				bytes[newpage * 4] = bytes[page * 4];
				bytes[newpage * 4 + 1] = bytes[page * 4 + 1];
				bytes[newpage * 4 + 2] = bytes[page * 4 + 2];
				pg_refs[newpage]++
			}
#ifdef BROKEN_PRIVATE_FIRST
			STORE(PAGENO, zp, newpage);
			end_moves(BUDDIES);
			pg_private[newpage] = zp;
#else
			pg_private[newpage] = zp;
			STORE(PAGENO, zp, newpage);
#ifdef TSO
			DRAINED;	/* end_moves reads it back */
#endif
			end_moves(BUDDIES);
#endif
			d_step {
				pg_movable[newpage] = true;
				pg_movable[page] = false;
				pg_private[page] = NONE
			}
			z3fold_shard_unclaim(zp, dying);
			assert(!dying);
			spin_unlock(zp);
			put_page(page);
			uncount()
		:: else -> spin_unlock(zp)
		fi
	fi
}

/* isolate_movable_page(), then migrate_pages() or putback_movable_pages() */
#ifdef WITH_migrator
proctype migrator(byte page)
{
	FREE_LOCALS;
	byte zp, newpage = NONE, n, m; bool ok;

	atomic {
		if
		:: pg_refs[page] && pg_movable[page] && !pg_locked[page] ->
			pg_refs[page]++;
			pg_locked[page] = true
		:: else -> goto out
		fi
	}
	if
	:: pg_movable[page] && !pg_isolated[page] ->
		zp = pg_private[page];
		assert(zp != NONE);
		z3fold_shard_isolate(zp, ok)
	:: else -> ok = false
	fi;
	d_step { pg_isolated[page] = pg_isolated[page] || ok; pg_locked[page] = false };
	if
	:: !ok -> put_page(page); goto out
	:: else
	fi;

	alloc_page(newpage);
	ok = false;
	if
	:: newpage != NONE ->
		atomic { !pg_locked[page] -> pg_locked[page] = true; pg_locked[newpage] = true };
		migrate(newpage, page);
		d_step {
			assert(ok || (pg_private[newpage] == NONE && !pg_movable[newpage]));
			pg_isolated[page] = pg_isolated[page] && !ok;
			pg_locked[page] = false;
			pg_locked[newpage] = false
		}
		put_page(newpage)
	:: true
	fi;
	if
	:: !ok ->
		atomic { DRAINED && !pg_locked[page] -> pg_locked[page] = true };
		assert(pg_movable[page]);
		putback(page);
		d_step { pg_isolated[page] = false; pg_locked[page] = false }
	:: else
	fi;
	put_page(page);
out:	skip
}
#endif

/* ---- pool.c ------------------------------------------------------------- */

/* The owner frees what is left, then z3fold_pool_destroy(). */
proctype destroyer()
{
	FREE_LOCALS;
	byte k, d;

	actors == 0;
	for (k : 0 .. OBJECTS - 1) {
		zswap_invalidate(k, got)
	}
	skip;
#ifndef BROKEN_DESTROY_WAIT
	pool_isolated == 0;
#endif
	atomic { DRAINED && !pool_lock -> skip };
	for (d : 0 .. DESCRIPTORS - 1) {
		/* drain_deferred() */
		do
		:: pool_deferred & BIT(d) ->
			d_step { !pg_locked[zp_page[d]] ->
				pool_deferred = pool_deferred & ~BIT(d) };
			try_release(d)
		:: else -> break
		od
	}
	skip;
	d_step {
		assert(zp_state[0] == DEAD && zp_state[1] == DEAD && zp_state[2] == DEAD);
		pool_alive = false
	}
}

/* ---- the beginning ------------------------------------------------------ */

inline page_at(d, page)
{
	zp_state[d] = LISTED;
	zp_page[d] = page;
	zp_start[d] = 1;
	pg_refs[page] = 1;
	pg_movable[page] = true;
	pg_private[page] = d
}

/* Object k is buddy b of descriptor d, its word is h. */
inline object_at(k, d, b, h)
{
	word[h] = LOCATION(zp_page[d], START(d, b));
	zp_used[HOME(h)] = zp_used[HOME(h)] | WORD_BIT(h);
	OBJ(d, b) = h;
	zp_sizes[d] = zp_sizes[d] | BIT(b);
	bytes[zp_page[d] * 4 + START(d, b)] = k + 1;
	tree_has[k] = true;
	tree_refs[k] = 1;
	tree_handle[k] = h
}

init
{
	byte i;

	d_step {
		for (i : 0 .. DESCRIPTORS - 1) { zp_page[i] = NONE }
		for (i : 0 .. FRAMES - 1) { pg_private[i] = NONE }
		for (i : 0 .. DESCRIPTORS * BUDDIES - 1) {
			word[i] = UNUSED;
			zp_objects[i] = NONE
		}
		i = 0;
		SETUP
	}
	atomic {
#ifdef TSO
		run memory();
#else
		skip;
#endif
		ACTORS
		run destroyer()
	}
}
