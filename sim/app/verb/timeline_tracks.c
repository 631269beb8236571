/* SPDX-License-Identifier: MIT */
/* Who is who: owners of notes become processes and tracks. */
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/mirage.h"
#include "sim/app/memory.h"
#include "sim/app/verb/timeline_inside.h"

/* --- stages and their sides --------------------------------------------- */

static bool is_ring(enum plug plug)
{
	return plug == PLUG_RING || plug == PLUG_VIF;
}

/* Sides are counted along the path; a ring is a border, so is the end. */
static unsigned side_of_stage(const struct scenario *sc, unsigned stage)
{
	unsigned side = 0;

	for (unsigned i = 1; i < stage; i++)
		side += is_ring(stage_ends(&sc->stages[i])) ||
			stage_is_last(&sc->stages[i]);
	return side;
}

static unsigned peer_of_stage(const struct scenario *sc, unsigned stage)
{
	unsigned side = side_of_stage(sc, stage);

	if (is_ring(stage_ends(&sc->stages[stage])))
		return side + 1;
	return is_ring(stage_begins(&sc->stages[stage])) ? side - 1 : NO_SIDE;
}

/* The first side on which something runs there; of a part of the machine. */
static unsigned side_of_home(const struct scenario *sc, enum home home)
{
	for (unsigned i = 1; i <= sc->n_path; i++)
		if (sc->stages[i].type->home == home)
			return side_of_stage(sc, i);
	return NO_SIDE;
}

/* Owners are called after their stage, `sender` or `sender.writer`. */
static unsigned stage_of_name(const struct scenario *sc, const char *name)
{
	unsigned best = NOT_A_STAGE;
	size_t longest = 0;

	for (unsigned i = 1; i < sc->n_stages; i++) {
		size_t n = strlen(sc->stages[i].name);

		if (strncmp(sc->stages[i].name, name, n) == 0 &&
		    (name[n] == '\0' || name[n] == '.') && n > longest) {
			best = i;
			longest = n;
		}
	}
	return best;
}

/* Who is on a path is woken by notifications if he stands at a ring or runs the
 * whole guest; threads behind them are woken by these. */
static void find_side_on_path(const struct scenario *sc, const char *name,
			      struct teller *t)
{
	const struct stage_conf *stage = &sc->stages[t->stage];

	t->side = side_of_stage(sc, t->stage);
	t->peer = peer_of_stage(sc, t->stage);
	t->interrupt = strstr(name, ".vcpu");
	t->hears = t->peer != NO_SIDE || stage->type == &mirage_type;
}

static void find_side(const struct scenario *sc, const char *name,
		      struct teller *t)
{
	t->side = t->peer = NO_SIDE;
	if (t->stage != NOT_A_STAGE && t->stage <= sc->n_path) {
		find_side_on_path(sc, name, t);
		return;
	}
	if (strcmp(name, "interrupt") == 0) {
		t->side = side_of_home(sc, HOME_GUEST);
		t->interrupt = true;
	} else if (strcmp(name, "qemu") == 0) {
		t->side = side_of_home(sc, HOME_QEMU);
		t->hears = true;
	} else if (strncmp(name, "dom0", 4) == 0) {
		t->side = side_of_home(sc, HOME_DOM0);
		t->interrupt = strstr(name, ".vcpu");
	}
}

/* A domain and the stage that is its system have one name. */
static unsigned first_of_name(const struct sim *sim, const char *name)
{
	unsigned i = 0;

	while (strcmp(sim->owner_names[i], name) != 0)
		i++;
	return i;
}

void tellers_find(struct timeline *tl)
{
	const struct sim *sim = tl->w->sim;

	tl->tellers = mem_new(sim->owners, sizeof *tl->tellers);
	tl->n_sides = side_of_stage(tl->sc, tl->sc->n_path + 1) + 1;
	for (unsigned i = 0; i < sim->owners; i++) {
		struct teller *t = &tl->tellers[i];
		const char *name = sim->owner_names[i];

		t->stage = stage_of_name(tl->sc, name);
		t->first = first_of_name(sim, name);
		find_side(tl->sc, name, t);
	}
}

/* --- tracks ------------------------------------------------------------- */

/* Processes are numbered as stages; the last is for everybody else. */
unsigned teller_pid(const struct timeline *tl, unsigned owner)
{
	unsigned stage = tl->tellers[owner].stage;

	return stage == NOT_A_STAGE ? tl->sc->n_stages : stage;
}

unsigned track_add(struct timeline *tl, unsigned pid, enum shelf shelf,
		   char *name)
{
	*mem_push(tl->tracks, tl->n_tracks) = (struct track){pid, shelf, name};
	return tl->n_tracks;
}

unsigned teller_tells(struct timeline *tl, unsigned owner)
{
	struct teller *t = &tl->tellers[tl->tellers[owner].first];

	if (!t->tells)
		t->tells =
			track_add(tl, teller_pid(tl, owner), SHELF_TELLS,
				  mem_format("%s: events",
					     tl->w->sim->owner_names[owner]));
	return t->tells;
}

unsigned teller_cpu(struct timeline *tl, unsigned owner)
{
	struct teller *t = &tl->tellers[owner];

	if (!t->cpu)
		t->cpu = track_add(tl, teller_pid(tl, owner), SHELF_CPU,
				   mem_format("%s: physical CPU",
					      tl->w->sim->owner_names[owner]));
	return t->cpu;
}

static void write_word(struct timeline *tl, const char *what, unsigned pid,
		       unsigned tid, json_t *args)
{
	timeline_event(tl, json_pack("{ss ss si si so}", "ph", "M", "name",
				     what, "pid", (int)pid, "tid", (int)tid,
				     "args", args));
}

static void write_process(struct timeline *tl, unsigned pid)
{
	const struct stage_conf *stage = &tl->sc->stages[pid];
	char *name =
		pid == tl->sc->n_stages
			? mem_text("the machine")
			: mem_format("%s (%s)", stage->name, stage->type->name);

	write_word(tl, "process_name", pid, 0, json_pack("{ss}", "name", name));
	write_word(tl, "process_sort_index", pid, 0,
		   json_pack("{si}", "sort_index", (int)pid));
	free(name);
}

static bool has_tracks(const struct timeline *tl, unsigned pid)
{
	for (unsigned i = 0; i < tl->n_tracks; i++)
		if (tl->tracks[i].pid == pid)
			return true;
	return false;
}

void tracks_write(struct timeline *tl)
{
	for (unsigned pid = 1; pid <= tl->sc->n_stages; pid++)
		if (has_tracks(tl, pid))
			write_process(tl, pid);
	for (unsigned i = 0; i < tl->n_tracks; i++) {
		const struct track *t = &tl->tracks[i];
		int place = (int)(t->shelf * tl->n_tracks + i);

		write_word(tl, "thread_name", t->pid, i + 1,
			   json_pack("{ss}", "name", t->name));
		write_word(tl, "thread_sort_index", t->pid, i + 1,
			   json_pack("{si}", "sort_index", place));
		free(t->name);
	}
	free(tl->tracks);
}
