/* SPDX-License-Identifier: MIT */
#include "sim/app/store/sandbox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/app/memory.h"
#include "sim/app/store/sandbox_views.h"

#define HEAP_LIMIT   (512 << 20) /* bytes, of all of SQLite */
#define LENGTH_LIMIT 1000000	 /* of a text or a blob */
#define OPS_PER_LOOK 10000	 /* between two looks at the clock */

struct sandbox {
	sqlite3 *model; /* the views, empty, and nothing else */
	sqlite3 *db;	/* NULL: SQL is checked only */
	bool locked;	/* the authorizers are at work */
	int64_t *seeds;
	unsigned n_seeds;
	double seconds;
	struct timespec began;
	bool late;
	char denied[200]; /* what an authorizer said no to */
};

/* --- who may do what ---------------------------------------------------- */

static const char *const functions[] = {
	"abs",	  "acos",	  "asin",	"atan",	      "atan2",
	"avg",	  "ceil",	  "ceiling",	"coalesce",   "cos",
	"count",  "cume_dist",	  "dense_rank", "exp",	      "first_value",
	"floor",  "glob",	  "ifnull",	"iif",	      "instr",
	"lag",	  "last_value",	  "lead",	"length",     "like",
	"ln",	  "log",	  "log10",	"log2",	      "lower",
	"max",	  "min",	  "mod",	"nth_value",  "ntile",
	"nullif", "percent_rank", "pi",		"pow",	      "power",
	"rank",	  "replace",	  "round",	"row_number", "sign",
	"sin",	  "sqrt",	  "substr",	"substring",  "sum",
	"tan",	  "total",	  "trim",	"trunc",      "typeof",
	"upper"};

static bool among(const char *name, const char *const *all, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (sqlite3_stricmp(name, all[i]) == 0)
			return true;
	return false;
}

static int deny(struct sandbox *box, const char *what, const char *name)
{
	if (!box->denied[0])
		snprintf(box->denied, sizeof box->denied, "%s%s%s", what,
			 name ? " " : "", name ? name : "");
	return SQLITE_DENY;
}

/* SQLite brings some tables of its own, about itself. A table from which no
 * column is taken, as in count(*), comes without its schema. */
static bool may_read(const char *table, const char *schema)
{
	return (!schema || strcmp(schema, "temp") == 0) &&
	       sqlite3_strglob("sqlite_*", table) != 0 &&
	       sqlite3_strglob("pragma_*", table) != 0 &&
	       sqlite3_strglob("json_*", table) != 0;
}

/* On the model: which names are there to be read is its own business. */
static int authorize_model(void *arg, int action, const char *a, const char *b,
			   const char *schema, const char *via)
{
	struct sandbox *box = arg;

	(void)via;
	if (!box->locked || action == SQLITE_SELECT ||
	    action == SQLITE_RECURSIVE)
		return SQLITE_OK;
	if (action == SQLITE_READ)
		return may_read(a, schema) ? SQLITE_OK
					   : deny(box, "the table", a);
	if (action != SQLITE_FUNCTION)
		return deny(box, "anything but SELECT", NULL);
	if (among(b, functions, sizeof functions / sizeof *functions))
		return SQLITE_OK;
	return deny(box, "the function", b);
}

/* On the database: SQL that the model has admitted, and what views do. */
static int authorize(void *arg, int action, const char *a, const char *b,
		     const char *schema, const char *via)
{
	struct sandbox *box = arg;

	(void)a, (void)b, (void)schema, (void)via;
	if (!box->locked || action == SQLITE_SELECT || action == SQLITE_READ ||
	    action == SQLITE_FUNCTION || action == SQLITE_RECURSIVE)
		return SQLITE_OK;
	return deny(box, "anything but SELECT", NULL);
}

static int look_at_clock(void *arg)
{
	struct sandbox *box = arg;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	box->late = (double)(now.tv_sec - box->began.tv_sec) +
			    (double)(now.tv_nsec - box->began.tv_nsec) * 1e-9 >
		    box->seconds;
	return box->late;
}

/* --- opening ------------------------------------------------------------ */

static bool find_seeds(struct sandbox *box, const struct experiment *exp)
{
	sqlite3_stmt *stmt;
	int code = SQLITE_ERROR;

	if (sqlite3_prepare_v2(box->db,
			       "SELECT DISTINCT r.seed FROM t_member m"
			       " JOIN t_run r ON r.id = m.run"
			       " WHERE m.experiment = ?1 ORDER BY r.seed",
			       -1, &stmt, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(stmt, 1, exp->id);
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		*mem_push(box->seeds, box->n_seeds) =
			sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}

/* "name" is a column, never a text: a mistyped one is a mistake. */
static void lock(sqlite3 *db)
{
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_LIMIT);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_exec(db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
}

static bool open_model(struct sandbox *box, const struct experiment *exp)
{
	if (sqlite3_open(":memory:", &box->model) != SQLITE_OK)
		return false;
	lock(box->model);
	if (!sandbox_model(box->model, exp))
		return false;
	sqlite3_set_authorizer(box->model, authorize_model, box);
	return true;
}

static bool open_database(struct sandbox *box, struct store *st,
			  const struct experiment *exp)
{
	if (sqlite3_open_v2(store_path(st), &box->db, SQLITE_OPEN_READONLY,
			    NULL) != SQLITE_OK)
		return false;
	sqlite3_busy_timeout(box->db, 10000);
	lock(box->db);
	if (!find_seeds(box, exp) || !sandbox_views(box->db, exp))
		return false;
	sqlite3_progress_handler(box->db, OPS_PER_LOOK, look_at_clock, box);
	sqlite3_set_authorizer(box->db, authorize, box);
	return true;
}

struct sandbox *sandbox_open(struct store *st, const struct experiment *exp,
			     double seconds, char *why, size_t why_size)
{
	struct sandbox *box = mem_new(1, sizeof *box);
	sqlite3 *wrong;

	box->seconds = seconds;
	if (open_model(box, exp) && (!st || open_database(box, st, exp)))
		return box;
	wrong = box->db ? box->db : box->model;
	snprintf(why, why_size, "the database %s: %s",
		 box->db ? store_path(st) : "in memory",
		 wrong ? sqlite3_errmsg(wrong) : "no memory left");
	sandbox_close(box);
	return NULL;
}

void sandbox_close(struct sandbox *box)
{
	sqlite3_close(box->model);
	sqlite3_close(box->db);
	free(box->seeds);
	free(box);
}

/* --- running ------------------------------------------------------------ */

static void explain_failure(const struct sandbox *box, sqlite3 *db, char *why,
			    size_t size)
{
	if (box->denied[0])
		snprintf(why, size, "a scenario's SQL may not use %s",
			 box->denied);
	else if (box->late)
		snprintf(why, size, "the SQL took longer than %g s",
			 box->seconds);
	else
		snprintf(why, size, "the SQL is refused: %s",
			 sqlite3_errmsg(db));
}

/* Is there a second statement behind the first? */
static bool has_tail(sqlite3 *db, const char *tail)
{
	sqlite3_stmt *second = NULL;
	int code = sqlite3_prepare_v2(db, tail, -1, &second, NULL);

	sqlite3_finalize(second);
	return code != SQLITE_OK || second;
}

static const char *wrong_shape(sqlite3 *db, sqlite3_stmt *stmt,
			       const char *tail)
{
	if (!stmt)
		return "it is no SQL statement";
	if (has_tail(db, tail))
		return "it is more than one SQL statement";
	if (sqlite3_column_count(stmt) != 1 || sqlite3_stmt_isexplain(stmt))
		return "the SQL must give one column";
	return NULL;
}

static void start_clock(struct sandbox *box)
{
	box->denied[0] = '\0';
	box->late = false;
	clock_gettime(CLOCK_MONOTONIC, &box->began);
}

static sqlite3_stmt *prepare(struct sandbox *box, sqlite3 *db, const char *sql,
			     char *why, size_t why_size)
{
	sqlite3_stmt *stmt = NULL;
	const char *tail, *wrong;

	box->locked = true;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, &tail) != SQLITE_OK) {
		explain_failure(box, db, why, why_size);
	} else if ((wrong = wrong_shape(db, stmt, tail))) {
		snprintf(why, why_size, "%s", wrong);
		sqlite3_finalize(stmt);
		stmt = NULL;
	}
	box->locked = false;
	return stmt;
}

bool sandbox_check(struct sandbox *box, const char *sql, char *why,
		   size_t why_size)
{
	sqlite3_stmt *stmt;

	start_clock(box);
	stmt = prepare(box, box->model, sql, why, why_size);
	sqlite3_finalize(stmt);
	return stmt != NULL;
}

/* The number in the first row, NAN if there is none. */
static bool first_number(struct sandbox *box, sqlite3_stmt *stmt, double *out,
			 char *why, size_t why_size)
{
	int code = sqlite3_step(stmt);
	int type =
		code == SQLITE_ROW ? sqlite3_column_type(stmt, 0) : SQLITE_NULL;

	*out = NAN;
	if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
		*out = sqlite3_column_double(stmt, 0);
	else if (type != SQLITE_NULL)
		snprintf(why, why_size, "the SQL gives no number");
	if (code == SQLITE_ROW && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		snprintf(why, why_size, "the SQL gives more than one row");
		*out = NAN;
	} else if (code != SQLITE_DONE) {
		explain_failure(box, box->db, why, why_size);
		*out = NAN;
	} else if (isnan(*out) && !*why) {
		snprintf(why, why_size, "the SQL gives nothing");
	}
	sqlite3_reset(stmt);
	return !isnan(*out);
}

static bool leave_out(struct sandbox *box, const int64_t *seed)
{
	char text[24] = "NULL";

	if (seed)
		snprintf(text, sizeof text, "%lld", (long long)*seed);
	return sandbox_exec(box->db, sqlite3_mprintf("UPDATE " SANDBOX_LEFT_OUT
						     " SET seed = %s",
						     text));
}

/* SQLite prepares a statement anew when the schema has changed, so the
 * authorizer stays at work while it runs. */
static bool step_locked(struct sandbox *box, sqlite3_stmt *stmt, double *out,
			char *why, size_t why_size)
{
	int64_t before = sqlite3_hard_heap_limit64(HEAP_LIMIT);
	bool ok;

	box->locked = true;
	ok = first_number(box, stmt, out, why, why_size);
	box->locked = false;
	sqlite3_hard_heap_limit64(before);
	return ok;
}

/* A maximum stays as it is whichever seed is left out, but one. That says
 * nothing of how well it is known. */
static bool hangs_on_few(double whole, const double *without, unsigned n)
{
	unsigned same = 0;

	for (unsigned i = 0; i < n; i++)
		same += without[i] == whole;
	return same < n && 2 * same >= n;
}

static void jackknife(struct sandbox *box, sqlite3_stmt *stmt, double whole,
		      struct estimate *out, char *why, size_t why_size)
{
	double *without = mem_new(box->n_seeds, sizeof *without);
	bool ok = true;

	for (unsigned i = 0; ok && i < box->n_seeds; i++)
		ok = leave_out(box, &box->seeds[i]) &&
		     step_locked(box, stmt, &without[i], why, why_size);
	if (ok && !hangs_on_few(whole, without, box->n_seeds))
		*out = estimate_jackknife(whole, without, box->n_seeds);
	leave_out(box, NULL);
	free(without);
}

bool sandbox_estimate(struct sandbox *box, const char *sql,
		      struct estimate *out, char *why, size_t why_size)
{
	sqlite3_stmt *stmt;
	double whole = NAN;

	*why = '\0';
	*out = (struct estimate){NAN, NAN, NAN, 0};
	if (!sandbox_check(box, sql, why, why_size))
		return false;
	stmt = prepare(box, box->db, sql, why, why_size);
	if (stmt && step_locked(box, stmt, &whole, why, why_size)) {
		*out = (struct estimate){whole, NAN, NAN, box->n_seeds};
		if (box->n_seeds > 1)
			jackknife(box, stmt, whole, out, why, why_size);
	}
	sqlite3_finalize(stmt);
	return !isnan(whole);
}
