#include "ocpp/delivery.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

Action action_of(Message::Kind kind) {
  switch (kind) {
    case Message::Kind::Start:
      return Action::QueuedStart;
    case Message::Kind::Stop:
      return Action::QueuedStop;
    case Message::Kind::MeterValues:
      break;
  }
  return Action::QueuedMeterValues;
}

// A memory that fails is no reason to send the same thing without end.
constexpr uint64_t kMemoryRetryS = 60;

}  // namespace

bool Delivery::next(Outgoing& call) {
  if (waiting_.pending() || !cp_.journal.head(message_)) return false;
  const Transaction* transaction = cp_.journal.find(message_.local_id);
  if (transaction == nullptr && message_.local_id != 0) {
    // Its transaction cannot be read any more: there is nothing to be told of it.
    cp_.event(0, "a message without its transaction is dropped: the memory has failed");
    cp_.journal.done(message_, cp_.utc_us());
    return false;
  }
  call.action = action_of(message_.kind);
  call.seq = message_.seq;
  return true;
}

void Delivery::write(JsonWriter& out) {
  const Transaction* transaction = cp_.journal.find(message_.local_id);
  switch (message_.kind) {
    case Message::Kind::Start:
      write_start(*transaction, out);
      break;
    case Message::Kind::Stop:
      write_stop(*transaction, out);
      break;
    case Message::Kind::MeterValues:
      out.integer("connectorId", message_.connector);
      if (transaction != nullptr) out.integer("transactionId", transaction->number);
      out.open_list("meterValue");
      write_meter_value(message_.sample.reading, message_.sample.wanted, message_.sample.context,
                        message_.sample.utc_us, out);
      out.close_list();
      break;
  }
}

void Delivery::write_start(const Transaction& transaction, JsonWriter& out) const {
  out.integer("connectorId", transaction.connector);
  out.text("idTag", transaction.tag.get());
  out.integer("meterStart", transaction.meter_start_wh);
  if (transaction.reserved) out.integer("reservationId", transaction.reservation);
  out.text("timestamp", format_utc(transaction.started_utc_us).get());
}

void Delivery::write_stop(const Transaction& transaction, JsonWriter& out) const {
  const Sample& last = message_.sample;
  out.integer("transactionId", transaction.number);
  if (!transaction.stop_tag.empty()) out.text("idTag", transaction.stop_tag.get());
  out.integer("meterStop", last.reading.register_wh);
  out.text("timestamp", format_utc(last.utc_us).get());
  out.text("reason", name_of(transaction.reason));
  if (last.wanted == 0) return;
  Sample samples[kStopSamples + 1];
  const int count = cp_.journal.stop_samples(transaction.local_id, samples);
  // Begin and end always fit; of those between the first do (OCPP 1.6 4.8: intermediate values
  // may be dropped).
  constexpr int kSpare = kFrameOut / 2;
  out.open_list("transactionData");
  int told = 0;
  for (int i = 0; i < count && (i == 0 || out.room() > kSpare); ++i, ++told) {
    write_meter_value(samples[i].reading, samples[i].wanted, samples[i].context,
                      samples[i].utc_us, out);
  }
  if (told < count) {
    cp_.event(transaction.connector, "transactionData is thinned: it is larger than a frame");
  }
  write_meter_value(last.reading, last.wanted, last.context, last.utc_us, out);
  out.close_list();
}

void Delivery::outcome(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::Answered:
      delivered(outcome.payload);
      break;
    case Outcome::Kind::Refused:
      refused(outcome.why);
      break;
    case Outcome::Kind::Unanswered:
      break;  // kept, and no attempt spent
  }
}

void Delivery::delivered(const Json* answer) {
  Transaction* transaction = cp_.journal.find(message_.local_id);
  const Json* info = field(answer, "idTagInfo");
  if (message_.kind == Message::Kind::Start) {
    const Transaction before = *transaction;
    transaction->number = integer_of(answer, "transactionId");
    transaction->numbered = true;
    if (field(info, "parentIdTag") != nullptr) {
      transaction->parent_tag.set(text_of(info, "parentIdTag"));
    }
    if (!cp_.journal.started(message_, *transaction, cp_.utc_us())) {
      *transaction = before;
      wait(kMemoryRetryS);
      return;
    }
    cp_.transactions.started(*transaction, transaction->tag, answer);
    return;
  }
  const Tag stop_tag = message_.kind == Message::Kind::Stop ? transaction->stop_tag : Tag();
  if (!cp_.journal.done(message_, cp_.utc_us())) {
    wait(kMemoryRetryS);
    return;
  }
  if (info != nullptr && !stop_tag.empty()) cp_.authorization.learn(stop_tag, info);
}

void Delivery::refused(const char* why) {
  cp_.journal.count_attempt(cp_.utc_us());
  const int tries = cp_.journal.attempts();
  if (tries >= cp_.configuration.number(Key::TransactionMessageAttempts)) {
    give_up(tries, why);
  } else {
    const int32_t interval_s = cp_.configuration.number(Key::TransactionMessageRetryInterval);
    wait(static_cast<uint64_t>(interval_s) * static_cast<uint64_t>(tries));
  }
}

void Delivery::wait(uint64_t interval_s) { waiting_.set(cp_.in_seconds(interval_s)); }

void Delivery::poll() { waiting_.due(cp_.now_us); }

void Delivery::give_up(int tries, const char* why) {
  Transaction* transaction = cp_.journal.find(message_.local_id);
  bool given_up = false;
  if (message_.kind == Message::Kind::Start) {
    transaction->number = kUnanswered;
    transaction->numbered = true;
    given_up = cp_.journal.started(message_, *transaction, cp_.utc_us());
  } else {
    given_up = cp_.journal.done(message_, cp_.utc_us());
  }
  if (!given_up) {
    wait(kMemoryRetryS);
    return;
  }
  cp_.event(0, Text<120>(name_of(action_of(message_.kind)))
                   .add(" given up after ")
                   .add(int64_t{tries})
                   .add(" tries: ")
                   .add(why));
}

}  // namespace evse::ocpp
