#include "ocpp/calls.h"

#include "ocpp/schema.h"

namespace evse::ocpp {

namespace {

const Schema& response_of(Action action) {
  switch (action) {
    case Action::BootNotification:
      return kBootNotificationResponse;
    case Action::Heartbeat:
      return kHeartbeatResponse;
    case Action::Authorize:
      return kIdTagResponse;
    case Action::QueuedStart:
      return kStartTransactionResponse;
    case Action::QueuedStop:
      return kStopTransactionResponse;
    case Action::StatusNotification:
    case Action::MeterValues:
    case Action::QueuedMeterValues:
    case Action::FirmwareStatusNotification:
    case Action::SignedFirmwareStatusNotification:
    case Action::DiagnosticsStatusNotification:
    case Action::LogStatusNotification:
    case Action::SecurityEventNotification:
      break;
    case Action::SignCertificate:
      return kSignCertificateResponse;
  }
  return kEmptyResponse;
}

}  // namespace

const char* name_of(Action action) {
  constexpr const char* kNames[] = {"BootNotification",
                                    "Heartbeat",
                                    "Authorize",
                                    "StatusNotification",
                                    "MeterValues",
                                    "FirmwareStatusNotification",
                                    "SignedFirmwareStatusNotification",
                                    "DiagnosticsStatusNotification",
                                    "LogStatusNotification",
                                    "SignCertificate",
                                    "SecurityEventNotification",
                                    "StartTransaction",
                                    "StopTransaction",
                                    "MeterValues"};
  return kNames[static_cast<int>(action)];
}

void Calls::power_on(uint32_t prefix) {
  prefix_.clear();
  prefix_.add(static_cast<int64_t>(prefix));
}

bool Calls::send(const Outgoing& call) {
  const bool pending = call.triggered && registration == Registration::Pending;
  const bool early = call.action == Action::BootNotification || pending;
  if (!open_ || !(early || registration == Registration::Accepted)) return false;
  if (waiting_ == kCallsWaiting) return false;
  queue_[waiting_++] = call;
  return true;
}

void Calls::pump(uint64_t now_us) {
  if (!open_ || outstanding_ || holds_ > 0 || unsent_ > 0) return;
  if (waiting_ > 0) {
    current_ = queue_[0];
    for (int i = 1; i < waiting_; ++i) queue_[i - 1] = queue_[i];
    --waiting_;
  } else {
    current_ = Outgoing();
    if (!online() || !blocks_.next_queued(current_)) return;
  }
  current_id_.clear();
  current_id_.add(prefix_.get()).put('-').add(static_cast<int64_t>(++count_));
  writer_.clear();
  writer_.open_list();
  writer_.integer(nullptr, 2);
  writer_.text(nullptr, current_id_.get());
  writer_.text(nullptr, name_of(current_.action));
  writer_.open_object();
  blocks_.write(current_, writer_);
  writer_.close_object();
  writer_.close_list();
  if (!writer_.fits()) {
    // The sizes are such that this does not happen; a message must not block the others.
    blocks_.trouble("a message is larger than the largest frame");
    blocks_.outcome(current_, {Outcome::Kind::Refused, nullptr, "too large to be sent"});
    return;
  }
  outstanding_ = true;
  timeout_.set(now_us + kTimeoutUs);
  say();
}

void Calls::say() {
  unsent_ = writer_.size();
  flush();
}

void Calls::flush() {
  if (unsent_ > 0 && open_ && transport_.send(out_, unsent_)) unsent_ = 0;
}

JsonWriter& Calls::result(const MessageId& id) {
  answering_ = id;
  writer_.clear();
  writer_.open_list();
  writer_.integer(nullptr, 3);
  writer_.text(nullptr, id.get());
  writer_.open_object();
  return writer_;
}

void Calls::finish() {
  writer_.close_object();
  writer_.close_list();
  if (writer_.fits()) {
    say();
    return;
  }
  blocks_.trouble("an answer is larger than the largest frame");
  refuse(answering_, kInternalError, "the answer is larger than this charger can send");
}

void Calls::status(const MessageId& id, const char* status) {
  result(id).text("status", status);
  finish();
}

void Calls::refuse(const MessageId& id, const char* code, const char* why) {
  writer_.clear();
  writer_.open_list();
  writer_.integer(nullptr, 4);
  writer_.text(nullptr, id.get());
  writer_.text(nullptr, code);
  writer_.text(nullptr, why);
  writer_.open_object();
  writer_.close_object();
  writer_.close_list();
  say();
}

void Calls::opened() {
  open_ = true;
  ++socket_;
}

void Calls::closed() {
  open_ = false;
  ++socket_;
  unsent_ = 0;
  timeout_.cancel();
  const bool was_outstanding = outstanding_;
  const int lost = waiting_;
  outstanding_ = false;
  waiting_ = 0;
  // Nothing is added to the queue while it is given back: the socket is closed.
  if (was_outstanding) blocks_.outcome(current_, Outcome());
  for (int i = 0; i < lost; ++i) blocks_.outcome(queue_[i], Outcome());
}

bool Calls::timed_out(uint64_t now_us) {
  // The answer may still come, to a question that is asked again by then: only a new socket
  // makes that impossible.
  return timeout_.due(now_us);
}

bool Calls::hear() {
  if (!open_ || unsent_ > 0) return false;
  const int size = transport_.receive(in_, kFrameIn);
  if (size <= 0) return false;
  const Frame frame = read_frame(in_, size, kFrameIn);
  switch (frame.type) {
    case Frame::Type::Ignored:
      break;
    case Frame::Type::Unreadable:
      blocks_.invalid(frame.why);
      // Silent until accepted (OCPP 1.6 4.2), also to what is none of OCPP.
      if (!frame.id.empty() && registration != Registration::Rejected) {
        refuse(frame.id, frame.code, frame.why);
      }
      break;
    case Frame::Type::Call:
      called(frame);
      break;
    case Frame::Type::Result:
    case Frame::Type::Error:
      answered(frame);
      break;
  }
  return true;
}

void Calls::called(const Frame& frame) {
  if (registration == Registration::Rejected) return;
  const Schema* schema = schema_of_call(frame.action);
  if (schema == nullptr || !blocks_.supports(frame.action)) {
    const bool known = schema != nullptr || is_known_action(frame.action);
    refuse(frame.id, known ? kNotSupported : kNotImplemented,
           known ? "not supported here" : "there is no such action");
    return;
  }
  const Violation violation = check(*schema, frame.payload);
  if (violation.code != nullptr) {
    blocks_.invalid(violation.what.get());
    refuse(frame.id, violation.code, violation.what.get());
    return;
  }
  blocks_.called(frame.id, frame.action, frame.payload);
}

void Calls::answered(const Frame& frame) {
  if (!outstanding_ || !equal(frame.id.get(), current_id_.get())) return;  // nobody waits for it
  outstanding_ = false;
  timeout_.cancel();
  Outcome outcome;
  Violation violation;
  if (frame.type == Frame::Type::Error) {
    outcome = {Outcome::Kind::Refused, nullptr, frame.code};
  } else {
    violation = check(response_of(current_.action), frame.payload);
    if (violation.code == nullptr) {
      outcome = {Outcome::Kind::Answered, frame.payload, ""};
    } else {
      // OCPP-J has no answer to an answer: one that breaks its schema is worth a refusal.
      blocks_.invalid(violation.what.get());
      outcome = {Outcome::Kind::Refused, nullptr, violation.what.get()};
    }
  }
  const Outgoing call = current_;
  blocks_.outcome(call, outcome);
}

}  // namespace evse::ocpp
