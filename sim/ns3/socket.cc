/* SPDX-License-Identifier: MIT */
#include "sim/ns3/socket.h"

#include <ns3/node.h>
#include <ns3/rtt-estimator.h>
#include <ns3/tcp-bbr.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-cubic.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-linux-reno.h>
#include <ns3/tcp-option-sack.h>
#include <ns3/tcp-prr-recovery.h>
#include <ns3/tcp-recovery-ops.h>
#include <ns3/tcp-rx-buffer.h>
#include <ns3/tcp-socket-base.h>
#include <ns3/tcp-tx-buffer.h>

#include <algorithm>

#include "sim/ns3/host.h"

using namespace ns3;

namespace ringsim
{

/* ns-3 counts windows in 32 bits and lets them grow while nobody uses them. No
 * window that a peer may offer is larger. */
const uint32_t MOST_CWND = 1u << 30;
const uint32_t FIRST = 1; /* the sequence number of the first byte */
const uint16_t CLIENT_PORT = 49152, SERVER_PORT = 5001;

NS_OBJECT_ENSURE_REGISTERED(RingSocket);

TypeId RingSocket::GetTypeId()
{
	static TypeId tid = TypeId("ringsim::RingSocket")
				    .SetParent<TcpSocketBase>()
				    .SetGroupName("Internet")
				    .AddConstructor<RingSocket>();

	return tid;
}

TypeId RingSocket::GetInstanceTypeId() const
{
	return GetTypeId();
}

/* Near `near`, where the stream is. */
static uint64_t Position(uint64_t near, SequenceNumber32 seq)
{
	uint32_t off = seq.GetValue() - FIRST - (uint32_t)near;

	return near + (int64_t)(int32_t)off;
}

/* --- set-up ------------------------------------------------------------- */

static Ptr<TcpCongestionOps> CongestionOf(enum ns3_congestion which)
{
	switch (which) {
	case NS3_NEWRENO:
		return CreateObject<TcpNewReno>();
	case NS3_LINUXRENO:
		return CreateObject<TcpLinuxReno>();
	case NS3_CUBIC:
		return CreateObject<TcpCubic>();
	case NS3_BBR:
		break;
	}
	return CreateObject<TcpBbr>();
}

static Ptr<TcpRecoveryOps> RecoveryOf(bool sack)
{
	if (sack)
		return CreateObject<TcpPrrRecovery>();
	return CreateObject<TcpClassicRecovery>();
}

void RingSocket::Configure(const struct ns3_socket_conf &conf)
{
	SetSegSize(conf.segment);
	SetRcvBufSize(conf.window);
	SetSndBufSize(INT32_MAX);
	SetInitialCwnd(1);
	SetInitialSSThresh(conf.ssthresh);
	SetTcpNoDelay(true);
	SetDataRetries(conf.retries);
	SetDelAckMaxCount(conf.ack_every);
	SetDelAckTimeout(TimeStep(conf.delack));
	SetMinRto(TimeStep(conf.rto_min));
	SetClockGranularity(TimeStep(conf.rto_spread));
	SetPersistTimeout(TimeStep(conf.rto_init));
	SetRetxThresh(conf.dupacks);
	m_txBuffer->SetDupAckThresh(conf.dupacks);
	m_txBuffer->SetSackEnabled(conf.sack);
	m_sackEnabled = conf.sack;
	m_timestampEnabled = false;
	m_winScalingEnabled = true;
	m_rcvWindShift = (uint8_t)ns3_scale(conf.window);
	m_sndWindShift = (uint8_t)ns3_scale(conf.peer_window);
	m_tcb->m_maxPacingRate = DataRate(UINT64_C(1000) * 1000 * 1000 * 1000);
	m_keeps = conf.keeps;
}

/* What remains of a handshake that went well. */
void RingSocket::Establish(const struct ns3_socket_conf &conf)
{
	unsigned end = m_host->End();
	uint16_t ports[] = {(uint16_t)(CLIENT_PORT + conf.flow),
			    (uint16_t)(SERVER_PORT + conf.flow)};
	SequenceNumber32 first(FIRST);

	m_endPoint =
		m_tcp->Allocate(nullptr, Host::Address(end), ports[end - 1],
				Host::Address(3 - end), ports[2 - end]);
	SetupCallback();
	m_tcp->AddSocket(this);
	m_state = ESTABLISHED;
	m_connected = true;
	m_tcb->m_nextTxSequence = m_tcb->m_highTxMark = first;
	m_tcb->m_lastAckedSeq = first;
	m_txBuffer->SetHeadSequence(first);
	m_tcb->m_rxBuffer->SetNextRxSequence(first);
	m_highRxAckMark = m_highTxAck = m_recover = first;
	m_rWnd = conf.peer_window;
	m_offered = (uint16_t)(conf.peer_window >> m_sndWindShift);
	m_tcb->m_cWnd = m_tcb->m_cWndInfl = conf.cwnd;
	m_tcb->m_initialCWnd = std::max(1u, conf.cwnd / conf.segment);
	m_tcb->m_ssThresh = conf.ssthresh;
	m_dataRetrCount = m_dataRetries;
	m_rto = TimeStep(conf.rto_init);
	m_tcb->m_pacingRate = m_tcb->m_maxPacingRate;
	/* Else 0, which BBR would take for the shortest there was. */
	m_tcb->m_lastRtt = Time::Max();
	m_congestionControl->CongestionStateSet(m_tcb, TcpSocketState::CA_OPEN);
	m_view->edge = conf.window;
}

void RingSocket::Begin(Host *host, const struct ns3_socket_conf &conf,
		       struct ns3_view *view)
{
	m_host = host;
	m_view = view;
	SetNode(host->GetNode());
	SetTcp(host->GetNode()->GetObject<TcpL4Protocol>());
	SetRtt(CreateObject<RttMeanDeviation>());
	Configure(conf);
	SetCongestionControlAlgorithm(CongestionOf(conf.congestion));
	SetRecoveryAlgorithm(RecoveryOf(conf.sack));
	if (conf.congestion == NS3_BBR)
		DynamicCast<TcpBbr>(m_congestionControl)
			->SetStream(host->Stream(conf.flow));
	m_txTrace.ConnectWithoutContext(MakeCallback(&RingSocket::Sent, this));
	SetRecvCallback(MakeCallback(&RingSocket::Arrived, this));
	Establish(conf);
	Refresh();
}

void RingSocket::End()
{
	m_host = nullptr;
	CancelAllTimers();
	for (auto &queue : m_ready)
		queue.clear();
	SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
	m_txTrace = TracedCallback<Ptr<const Packet>, const TcpHeader &,
				   Ptr<const TcpSocketBase>>();
}

/* --- what leaves -------------------------------------------------------- */

static void NameSacks(const TcpHeader &h, uint64_t received,
		      struct ns3_segment *seg)
{
	seg->n_sack = 0;
	if (h.GetLength() == 5 || !h.HasOption(TcpOption::SACK))
		return;
	for (const auto &block :
	     DynamicCast<const TcpOptionSack>(h.GetOption(TcpOption::SACK))
		     ->GetSackList()) {
		if (seg->n_sack == NS3_SACKS)
			return;
		seg->sack[seg->n_sack++] = {Position(received, block.first),
					    Position(received, block.second)};
	}
}

/* It is on its way to the queue disc. */
void RingSocket::Sent(Ptr<const Packet> p, const TcpHeader &h,
		      Ptr<const TcpSocketBase>)
{
	Departure d;

	if (!m_host)
		return;
	d.socket = this;
	d.seg.len = p->GetSize();
	d.seg.seq = Position(m_view->acked, h.GetSequenceNumber());
	d.seg.ack = Position(m_view->received, h.GetAckNumber());
	d.seg.window = (uint32_t)h.GetWindowSize() << m_rcvWindShift;
	NameSacks(h, m_view->received, &d.seg);
	d.kind =
		d.seg.len == 0 ? NS3_ACK
		: m_probing || h.GetSequenceNumber() < m_tcb->m_highTxMark.Get()
			? NS3_AGAIN
			: NS3_DATA;
	m_view->edge = std::max(m_view->edge, d.seg.ack + d.seg.window);
	m_host->Expect(p, std::move(d));
}

/* It has reached the device. */
void RingSocket::Ready(Departure &&d)
{
	enum ns3_kind kind = d.kind;

	m_ready[kind].push_back(std::move(d));
	m_view->ready[kind]++;
}

Departure RingSocket::TakeFirst(enum ns3_kind kind)
{
	Departure d = std::move(m_ready[kind].front());

	m_ready[kind].pop_front();
	m_view->ready[kind]--;
	m_host->Taken();
	return d;
}

void RingSocket::Dropped()
{
	m_view->drops++;
}

/* Whoever sends acknowledgements and could not keep up sends the newest, but
 * each duplicate: they are counted. */
Departure RingSocket::Take(enum ns3_kind kind)
{
	const auto &acks = m_ready[NS3_ACK];

	if (kind != NS3_ACK)
		return TakeFirst(kind);
	while (acks.size() > 1 && acks[0].seg.ack > m_acked &&
	       acks[1].seg.ack > acks[0].seg.ack)
		TakeFirst(kind);
	m_acked = acks[0].seg.ack;
	return TakeFirst(kind);
}

uint32_t RingSocket::Next(enum ns3_kind kind) const
{
	return m_ready[kind].front().seg.len;
}

/* TcpSocketBase::Send() leaves sending to an event a moment later; here the
 * application is in the middle of its system call, and TCP works in it. */
void RingSocket::Write(uint64_t n)
{
	if (m_view->aborted)
		return;
	m_txBuffer->Add(Create<Packet>((uint32_t)n));
	m_rateOps->CalculateAppLimited(
		m_tcb->m_cWnd, m_tcb->m_bytesInFlight, m_tcb->m_segmentSize,
		m_txBuffer->TailSequence(), m_tcb->m_nextTxSequence,
		m_txBuffer->GetLost(), m_txBuffer->GetRetransmitsCount());
	SendPendingData(m_connected);
	Refresh();
}

uint32_t RingSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize,
				    bool withAck)
{
	uint32_t n = TcpSocketBase::SendDataPacket(seq, maxSize, withAck);

	Refresh();
	if (m_host)
		m_host->Changed();
	return n;
}

/* In recovery ns-3.37 sends a segment of no bytes, and crashes, if cwnd has
 * room and the peer's window has none. */
uint32_t RingSocket::AvailableWindow() const
{
	uint32_t window = TcpSocketBase::AvailableWindow();
	bool recovers = m_tcb->m_congState == TcpSocketState::CA_RECOVERY;
	SequenceNumber32 next, end;

	if (m_tcb->m_congState == TcpSocketState::CA_OPEN || window == 0)
		return window;
	if (m_txBuffer->NextSeg(&next, &end, m_sackEnabled && recovers) &&
	    next == end)
		return 0;
	return window;
}

/* --- what arrives ------------------------------------------------------- */

/* As it comes, if nobody wants to have it kept. */
void RingSocket::Arrived(Ptr<Socket>)
{
	if (!m_keeps)
		m_tcb->m_rxBuffer->Extract(UINT32_MAX);
}

void RingSocket::Read(uint64_t n)
{
	m_tcb->m_rxBuffer->Extract((uint32_t)n);
}

void RingSocket::Acknowledge()
{
	if (m_view->aborted)
		return;
	SendEmptyPacket(TcpHeader::ACK);
	Refresh();
}

/* RFC 5681: it acknowledges nothing new and changes nothing. */
bool RingSocket::IsDuplicate(Ptr<const Packet> p, const TcpHeader &h)
{
	bool same = h.GetWindowSize() == m_offered;

	m_offered = h.GetWindowSize();
	return same && p->GetSize() == 0 && UnAckDataCount() > 0 &&
	       h.GetAckNumber() == m_txBuffer->HeadSequence();
}

void RingSocket::ReceivedAck(Ptr<Packet> p, const TcpHeader &h)
{
	auto state = m_tcb->m_congState.Get();

	m_view->dupacks += IsDuplicate(p, h);
	TcpSocketBase::ReceivedAck(p, h);
	if (m_tcb->m_congState == TcpSocketState::CA_RECOVERY &&
	    state != TcpSocketState::CA_RECOVERY)
		m_view->fast_resends++;
	if (m_tcb->m_cWnd > MOST_CWND)
		m_tcb->m_cWnd = MOST_CWND;
}

/* --- timers ------------------------------------------------------------- */

/* What they bring about leaves when the guest's own timer, which follows them,
 * makes it look. */
void RingSocket::ReTxTimeout()
{
	Host::Work work(m_host);

	if (UnAckDataCount() > 0)
		m_view->timeouts++;
	TcpSocketBase::ReTxTimeout();
	Refresh();
}

void RingSocket::DelAckTimeout()
{
	Host::Work work(m_host);

	TcpSocketBase::DelAckTimeout();
	Refresh();
}

void RingSocket::PersistTimeout()
{
	Host::Work work(m_host);

	m_probing = true;
	TcpSocketBase::PersistTimeout();
	m_probing = false;
	Refresh();
}

static sim_time Due(const EventId &id)
{
	return id.IsRunning() ? (sim_time)id.GetTs() : SIM_NEVER;
}

static sim_time DueIn(const Timer &timer)
{
	if (!timer.IsRunning())
		return SIM_NEVER;
	return (Simulator::Now() + timer.GetDelayLeft()).GetTimeStep();
}

void RingSocket::Refresh()
{
	struct ns3_view *v = m_view;

	if (!m_host)
		return;
	v->acked = Position(v->acked, m_txBuffer->HeadSequence());
	v->received =
		Position(v->received, m_tcb->m_rxBuffer->NextRxSequence());
	v->sent = Position(v->acked, m_tcb->m_highTxMark);
	v->cwnd = m_tcb->m_cWnd;
	v->ssthresh = m_tcb->m_ssThresh;
	v->in_flight = m_txBuffer->BytesInFlight();
	v->rtt = m_rtt->GetNSamples() ? m_rtt->GetEstimate().GetTimeStep() : 0;
	v->rto = m_rto.Get().GetTimeStep();
	v->least_rtt = m_tcb->m_minRtt == Time::Max()
			       ? SIM_NEVER
			       : m_tcb->m_minRtt.GetTimeStep();
	v->state = (enum ns3_state)m_tcb->m_congState.Get();
	v->ack_at = Due(m_delAckEvent);
	v->resend_at = std::min(
		{Due(m_retxEvent), Due(m_persistEvent), DueIn(m_pacingTimer)});
	v->aborted = m_state != ESTABLISHED || !m_endPoint;
}

} // namespace ringsim
