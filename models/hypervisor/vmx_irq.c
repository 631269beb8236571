/* SPDX-License-Identifier: MIT */
/* Interrupts of a vCPU under VT-x: see vmx.h. */
#include <assert.h>

#include "models/hypervisor/vmx_inside.h"

static struct vmx_line *next_pending(const struct vmx *v)
{
	for (struct vmx_line *l = v->lines; l; l = l->next)
		if (l->pending)
			return l;
	return NULL;
}

/* An exit within the interrupt handler. */
static TASK(leave_for_eoi)
{
	struct vmx *v = owner;

	TASK_BEGIN;
	v->out = true;
	SPEND(vmx_exit(v, EXIT_EOI));
	v->out = false;
	TASK_END;
}

/* vp_interrupt(): lowers the line, and then all queues look. */
static TASK(read_isr)
{
	struct vmx *v = owner;

	TASK_BEGIN;
	v->out = true;
	SPEND(vmx_exit(v, EXIT_ISR_READ));
	v->out = false;
	v->line->pending = false;
	TASK_END;
}

static TASK(run_handlers)
{
	struct vmx_line *l = owner;

	TASK_BEGIN;
	for (l->at = 0; l->at < l->n_bells; l->at++)
		CALL(l->bells[l->at]->handler->run,
		     l->bells[l->at]->handler->owner);
	TASK_END;
}

static TASK(handle_one)
{
	struct vmx *v = owner;

	TASK_BEGIN;
	v->line->in_service = true;
	v->line->pending = false;
	counter_add(&v->m.interrupts, 1);
	SPEND(cost_draw(sim_, &v->deliver));
	if (v->line->level)
		CALL(read_isr, v);
	else
		CALL(leave_for_eoi, v);
	CALL(run_handlers, v->line);
	v->line->in_service = false;
	if (v->line->level)
		CALL(leave_for_eoi, v);
	TASK_END;
}

/* How it came to leave the guest, so that an interrupt can be injected. */
static TASK(enter)
{
	struct vmx *v = owner;

	TASK_BEGIN;
	v->out = true;
	if (v->woken)
		SPEND(vmx_exit(v, EXIT_HALT));
	v->woken = false;
	if (v->kicked)
		SPEND(vmx_exit(v, EXIT_KICK));
	v->kicked = false;
	v->out = false;
	TASK_END;
}

static TASK(interrupts)
{
	struct vmx *v = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&v->raised);
		v->raised.raised = false;
		CALL(enter, v);
		while ((v->line = next_pending(v))) {
			CALL(handle_one, v);
			CALL(enter, v);
			if (next_pending(v))
				SPEND(vmx_exit(v, EXIT_WINDOW));
		}
	}
	TASK_END;
}

/* Is it in the guest, so that it takes an IPI? */
static bool is_in_guest(const struct vmx *v)
{
	const struct task *t = v->vcpu->running;

	if (!t || v->out)
		return false;
	return t->level != LEVEL_EXIT;
}

static void raise_line(struct vmx_line *l)
{
	struct vmx *v = l->vmx;

	if (l->pending) {
		counter_add(&v->m.merged, 1);
		return;
	}
	l->pending = true;
	if (!cpu_wanted(v->vcpu))
		v->woken = true;
	else if (is_in_guest(v))
		v->kicked = true;
	signal_raise(&v->raised);
}

static TASK(ring)
{
	struct doorbell *bell = owner;
	struct vmx_line *l = bell->owner;

	TASK_BEGIN;
	bell->under_way++;
	SPEND(cost_draw(sim_, &l->vmx->inject));
	raise_line(l);
	bell->under_way--;
	TASK_END;
}

static TASK(ring_from_user)
{
	struct doorbell *bell = owner;
	struct vmx_line *l = bell->owner;

	TASK_BEGIN;
	bell->under_way++;
	SPEND(cost_draw(sim_, &l->vmx->inject_user));
	raise_line(l);
	bell->under_way--;
	TASK_END;
}

static bool line_coming(const struct doorbell *bell)
{
	const struct vmx_line *l = bell->owner;

	return l->pending || l->in_service;
}

struct vmx_line *vmx_line(struct stage *vmx, bool level)
{
	struct vmx *v = (struct vmx *)vmx;
	struct vmx_line *l = sim_alloc(vmx->sim, sizeof *l);
	struct vmx_line **end = &v->lines;

	while (*end)
		end = &(*end)->next;
	*end = l;
	l->vmx = v;
	l->level = level;
	return l;
}

void vmx_call(struct vmx_line *line, struct doorbell *bell, bool from_user)
{
	assert(line->n_bells < VMX_BELLS);
	line->bells[line->n_bells++] = bell;
	bell->owner = line;
	bell->ring = from_user ? ring_from_user : ring;
	bell->coming = line_coming;
}

void vmx_irq_begin(struct vmx *v)
{
	task_init(&v->task, v->vcpu, LEVEL_IRQ, interrupts, v,
		  sim_owner(v->stage.sim, "interrupt"));
}
