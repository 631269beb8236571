/* SPDX-License-Identifier: MIT */
/*
 * How the views are cut down, and how the authorizer can tell. Each view that
 * the SQL may name is a temporary one, which selects from an inner temporary
 * view, and only that one reads tables:
 *
 *	v_run  ->  <secret>v_run  ->  <secret>member, t_experiment, t_run
 *
 * SQLite tells the authorizer through which view a table is read. It tells a
 * common table expression's name in the same way, so a name that anybody
 * could write would prove nothing: the inner views are named by chance.
 */
#include "sim/app/sandbox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "sim/app/memory.h"
#include "sim/app/store_schema.h"

#define MAX_VIEWS    8
#define HEAP_LIMIT   (512 << 20) /* bytes, of all of SQLite */
#define LENGTH_LIMIT 1000000	 /* of a text or a blob */
#define OPS_PER_LOOK 10000	 /* between two looks at the clock */

struct sandbox {
	sqlite3 *db;
	bool own_db;
	bool locked; /* the authorizer is at work */
	char secret[40];
	char *views[MAX_VIEWS]; /* what the SQL may name */
	unsigned n_views;
	char **known; /* every other table and view there is */
	unsigned n_known;
	int64_t *seeds;
	unsigned n_seeds;
	double seconds;
	struct timespec began;
	bool late;
	char denied[200]; /* what the authorizer said no to */
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

static bool is_inner(const struct sandbox *box, const char *name)
{
	return name && strncmp(name, box->secret, strlen(box->secret)) == 0;
}

/*
 * A table from which no column is taken, as in count(*), comes without its
 * schema, and a common table expression looks the same. That may be counted
 * unless it is one of the tables that exist.
 */
static bool may_count(const struct sandbox *box, const char *table)
{
	return !among(table, (const char *const *)box->known, box->n_known) &&
	       sqlite3_strglob("sqlite_*", table) != 0 &&
	       sqlite3_strglob("pragma_*", table) != 0;
}

static bool may_read(const struct sandbox *box, const char *table,
		     const char *column, const char *schema, const char *via)
{
	if (is_inner(box, via) || is_inner(box, table))
		return true;
	if (schema && strcmp(schema, "temp") != 0)
		return false;
	if (among(table, (const char *const *)box->views, box->n_views))
		return true;
	return !schema && !*column && may_count(box, table);
}

static int deny(struct sandbox *box, const char *what, const char *name)
{
	if (!box->denied[0])
		snprintf(box->denied, sizeof box->denied, "%s%s%s", what,
			 name ? " " : "", name ? name : "");
	return SQLITE_DENY;
}

static int authorize(void *arg, int action, const char *a, const char *b,
		     const char *schema, const char *via)
{
	struct sandbox *box = arg;

	if (!box->locked || action == SQLITE_SELECT ||
	    action == SQLITE_RECURSIVE)
		return SQLITE_OK;
	if (action == SQLITE_READ)
		return may_read(box, a, b, schema, via)
			       ? SQLITE_OK
			       : deny(box, "the table", a);
	if (action != SQLITE_FUNCTION)
		return deny(box, "anything but SELECT", NULL);
	if (is_inner(box, via) ||
	    among(b, functions, sizeof functions / sizeof *functions))
		return SQLITE_OK;
	return deny(box, "the function", b);
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

/* --- the views ---------------------------------------------------------- */

static bool exec(struct sandbox *box, char *sql)
{
	bool ok = sql &&
		  sqlite3_exec(box->db, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_free(sql);
	return ok;
}

/* The view `name` for the SQL, upon an inner one. */
static bool add_view(struct sandbox *box, const char *name, const char *columns,
		     const char *query)
{
	box->views[box->n_views++] = mem_text(name);
	return exec(box, sqlite3_mprintf("CREATE TEMP VIEW \"%w%w\"%s AS %s;"
					 "CREATE TEMP VIEW \"%w\" AS SELECT *"
					 " FROM \"%w%w\"",
					 box->secret, name, columns, query,
					 name, box->secret, name));
}

/* v_expect is what is being found out, and figures are not results. */
static bool is_for_scenarios(const char *view)
{
	return strcmp(view, "v_expect") != 0 && strcmp(view, "v_figure") != 0;
}

static bool add_results_view(struct sandbox *box, const struct experiment *exp,
			     const struct store_view *view, const char *member)
{
	char *own = view->query ? NULL
				: store_result_query(exp->set, exp->n_columns);
	const char *pattern = own ? own : view->query;
	char *query = pattern ? store_query(pattern, member) : NULL;
	char *columns = sqlite3_mprintf("(%s)", view->columns);
	bool ok = query && columns && add_view(box, view->name, columns, query);

	sqlite3_free(own);
	sqlite3_free(query);
	sqlite3_free(columns);
	return ok;
}

/* The wide table is there under its own name as well as `this`. */
static bool add_wide(struct sandbox *box, const struct experiment *exp)
{
	const char *name = exp->scenario->name;
	char *query =
		sqlite3_mprintf("SELECT * FROM main.\"%w\" WHERE seed IS NOT"
				" (SELECT seed FROM \"%wleft_out\")",
				name, box->secret);
	bool ok = query && add_view(box, "this", "", query) &&
		  add_view(box, name, "", query);

	sqlite3_free(query);
	return ok;
}

/* Which runs there are, without the seed that is left out. */
static bool add_member(struct sandbox *box, const struct experiment *exp)
{
	return exec(box,
		    sqlite3_mprintf(
			    "CREATE TEMP TABLE \"%wleft_out\"(seed INTEGER);"
			    "INSERT INTO \"%wleft_out\" VALUES(NULL);"
			    "CREATE TEMP VIEW \"%wmember\" AS SELECT m.* FROM"
			    " main.t_member m JOIN main.t_run r ON r.id ="
			    " m.run WHERE m.experiment = %lld AND r.seed IS"
			    " NOT (SELECT seed FROM \"%wleft_out\")",
			    box->secret, box->secret, box->secret,
			    (long long)exp->id, box->secret));
}

static bool add_views(struct sandbox *box, const struct experiment *exp)
{
	char *member = mem_format("\"%smember\"", box->secret);
	bool ok = add_member(box, exp) && add_wide(box, exp);

	for (const struct store_view *v = store_views; ok && v->name; v++)
		if (is_for_scenarios(v->name))
			ok = add_results_view(box, exp, v, member);
	free(member);
	return ok;
}

static bool find_known(struct sandbox *box)
{
	sqlite3_stmt *stmt;
	int code = SQLITE_ERROR;

	if (sqlite3_prepare_v2(box->db,
			       "SELECT name FROM sqlite_master UNION"
			       " SELECT name FROM pragma_module_list",
			       -1, &stmt, NULL) != SQLITE_OK)
		return false;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		*mem_push(box->known, box->n_known) =
			mem_text((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}

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

/* --- opening ------------------------------------------------------------ */

static bool name_inner_views(struct sandbox *box)
{
	unsigned char chance[16];

	if (getrandom(chance, sizeof chance, 0) != sizeof chance)
		return false;
	for (unsigned i = 0; i < sizeof chance; i++)
		snprintf(box->secret + 2 * i, 3, "%02x", chance[i]);
	strcat(box->secret, "_");
	return true;
}

/* A database in memory has but the one connection. */
static bool connect(struct sandbox *box, struct store *st)
{
	box->own_db = strcmp(store_path(st), ":memory:") != 0;
	if (!box->own_db) {
		box->db = store_handle(st);
		return true;
	}
	if (sqlite3_open_v2(store_path(st), &box->db, SQLITE_OPEN_READONLY,
			    NULL) != SQLITE_OK)
		return false;
	sqlite3_busy_timeout(box->db, 10000);
	sqlite3_db_config(box->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return true;
}

static void lock(struct sandbox *box)
{
	sqlite3_limit(box->db, SQLITE_LIMIT_LENGTH, LENGTH_LIMIT);
	sqlite3_limit(box->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_exec(box->db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	sqlite3_progress_handler(box->db, OPS_PER_LOOK, look_at_clock, box);
	sqlite3_set_authorizer(box->db, authorize, box);
}

struct sandbox *sandbox_open(struct store *st, const struct experiment *exp,
			     double seconds, char *why, size_t why_size)
{
	struct sandbox *box = mem_new(1, sizeof *box);

	box->seconds = 1e9; /* for the views themselves */
	if (name_inner_views(box) && connect(box, st) && find_known(box) &&
	    find_seeds(box, exp)) {
		lock(box);
		if (add_views(box, exp)) {
			box->seconds = seconds;
			return box;
		}
	}
	snprintf(why, why_size, "the database %s: %s", store_path(st),
		 box->db ? sqlite3_errmsg(box->db) : "no memory left");
	sandbox_close(box);
	return NULL;
}

void sandbox_close(struct sandbox *box)
{
	if (box->own_db) {
		sqlite3_close(box->db);
	} else if (box->db) {
		sqlite3_progress_handler(box->db, 0, NULL, NULL);
		sqlite3_set_authorizer(box->db, NULL, NULL);
	}
	for (unsigned i = 0; i < box->n_views; i++)
		free(box->views[i]);
	for (unsigned i = 0; i < box->n_known; i++)
		free(box->known[i]);
	free(box->known);
	free(box->seeds);
	free(box);
}

/* --- running ------------------------------------------------------------ */

static void explain_failure(const struct sandbox *box, char *why, size_t size)
{
	if (box->denied[0])
		snprintf(why, size, "a scenario's SQL may not use %s",
			 box->denied);
	else if (box->late)
		snprintf(why, size, "the SQL took longer than %g s",
			 box->seconds);
	else
		snprintf(why, size, "the SQL failed: %s",
			 sqlite3_errmsg(box->db));
}

/* Is there a second statement behind the first? */
static bool has_tail(struct sandbox *box, const char *tail)
{
	sqlite3_stmt *second = NULL;
	int code = sqlite3_prepare_v2(box->db, tail, -1, &second, NULL);

	sqlite3_finalize(second);
	return code != SQLITE_OK || second;
}

static const char *wrong_shape(struct sandbox *box, sqlite3_stmt *stmt,
			       const char *tail)
{
	if (!stmt)
		return "it is no SQL statement";
	if (has_tail(box, tail))
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

static sqlite3_stmt *prepare(struct sandbox *box, const char *sql, char *why,
			     size_t why_size)
{
	sqlite3_stmt *stmt = NULL;
	const char *tail, *wrong;

	box->locked = true;
	if (sqlite3_prepare_v2(box->db, sql, -1, &stmt, &tail) != SQLITE_OK) {
		explain_failure(box, why, why_size);
	} else if ((wrong = wrong_shape(box, stmt, tail))) {
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
	stmt = prepare(box, sql, why, why_size);
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
		explain_failure(box, why, why_size);
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
	return exec(box, sqlite3_mprintf("UPDATE \"%wleft_out\" SET seed = %s",
					 box->secret, text));
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

static void jackknife(struct sandbox *box, sqlite3_stmt *stmt, double whole,
		      struct estimate *out, char *why, size_t why_size)
{
	double *without = mem_new(box->n_seeds, sizeof *without);
	bool ok = true;

	for (unsigned i = 0; ok && i < box->n_seeds; i++)
		ok = leave_out(box, &box->seeds[i]) &&
		     step_locked(box, stmt, &without[i], why, why_size);
	if (ok)
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
	start_clock(box);
	stmt = prepare(box, sql, why, why_size);
	if (stmt && step_locked(box, stmt, &whole, why, why_size)) {
		*out = (struct estimate){whole, NAN, NAN, box->n_seeds};
		if (box->n_seeds > 1)
			jackknife(box, stmt, whole, out, why, why_size);
	}
	sqlite3_finalize(stmt);
	return !isnan(whole);
}
