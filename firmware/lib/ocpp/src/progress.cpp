#include "ocpp/progress.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

Progress::Progress(ChargePoint& cp, hal::Fram& fram, Action action, int place)
    : cp_(cp),
      action_(action),
      record_(fram, kProgressAt + place * store::Record::bytes(kProgressBytes), kProgressBytes) {}

void Progress::power_on() {
  uint8_t data[kProgressBytes];
  if (!record_.load(data)) return;
  BytesIn in(data);
  status_ = static_cast<JobStatus>(in.u8());
  heard_ = in.u8() != 0;
  request_.given = in.u8() != 0;
  request_.id = in.i32();
}

void Progress::save() {
  uint8_t data[kProgressBytes];
  BytesOut(data)
      .u8(static_cast<uint8_t>(status_))
      .u8(heard_ ? 1 : 0)
      .u8(request_.given ? 1 : 0)
      .i32(request_.id);
  if (!record_.save(data)) cp_.event(0, "the memory fails: progress of a job");
}

void Progress::set(JobStatus status, const RequestId& request) {
  status_ = status;
  request_ = request;
  heard_ = false;
  save();
  send(status, request, false);
}

void Progress::pass_through(JobStatus status, const RequestId& request) {
  send(status, request, false);
}

void Progress::clear() {
  status_ = JobStatus::Idle;
  request_ = RequestId();
  heard_ = true;
  save();
}

void Progress::tell_unheard() {
  if (!heard_) send(status_, request_, false);
}

void Progress::trigger() {
  // Idle is told on demand alone (OCPP 1.6 5.17).
  const bool idle = heard_ && is_final(status_);
  send(idle ? JobStatus::Idle : status_, request_, true);
}

void Progress::send(JobStatus status, const RequestId& request, bool triggered) {
  Outgoing call;
  call.action = action_;
  call.triggered = triggered;
  call.job_status = status;
  if (status != JobStatus::Idle) call.request = request;
  cp_.calls.send(call);  // what nobody hears now is told again
}

void Progress::write(const Outgoing& call, JsonWriter& out) const {
  out.text("status", name_of(call.job_status));
  if (call.request.given) out.integer("requestId", call.request.id);
}

void Progress::outcome(const Outgoing& call, const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::Unanswered || heard_) return;
  if (call.job_status != status_ || !(call.request == request_)) return;
  heard_ = true;
  save();
}

}  // namespace evse::ocpp
