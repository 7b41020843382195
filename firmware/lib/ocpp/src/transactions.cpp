#include "ocpp/transactions.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

// A contactor that has not opened by then is welded: the transaction ends without it. A soft stop
// takes 6…7 s at most (IEC 61851-1 Table A.6 sequence 10.2).
constexpr uint64_t kOpeningTimeoutS = 10;
// How often the energy of a transaction with an invalid tag is compared with its allowance.
constexpr uint64_t kAllowanceCheckS = 10;

}  // namespace

void Transactions::take_up_again(StopReason reason) {
  Transaction* table = cp_.journal.transactions();
  for (int i = 0; i < kTransactions; ++i) {
    Transaction& each = table[i];
    if (each.local_id == 0 || each.ended) continue;
    Connector* connector = cp_.connector(each.connector);
    if (connector == nullptr || connector->transaction != nullptr) {
      // The charger has been rebuilt with fewer connectors: nothing to read any more.
      if (!each.stopping()) each.reason = reason;
      Sample last;
      last.utc_us = cp_.utc_us();
      last.reading.register_wh = each.meter_start_wh;
      cp_.journal.save(each);
      cp_.journal.stop(each, last);
      continue;
    }
    connector->transaction = &each;
    cp_.meter_values.count_from_here(*connector);
    if (each.stopping()) {
      wind_up(*connector);
    } else {
      stop(*connector, reason);
    }
  }
}

bool Transactions::start(Connector& connector, const Tag& tag, const Tag& parent_tag,
                         bool reserved, int32_t reservation) {
  Transaction begun;
  begun.connector = static_cast<uint8_t>(connector.number);
  begun.tag = tag;
  begun.parent_tag = parent_tag;
  begun.meter_start_wh = connector.register_wh();
  begun.started_utc_us = cp_.utc_us();
  begun.reserved = reserved;
  begun.reservation = reservation;
  begun.began_us = cp_.now_us;
  Transaction* transaction = cp_.journal.start(begun);
  if (transaction == nullptr) {
    cp_.event(connector.number, "no transaction: the journal is full, or the memory fails");
    return false;
  }
  connector.transaction = transaction;
  connector.suspended = false;
  connector.finishing = false;
  cp_.meter_values.begin(connector);
  cp_.meter_values.keep_first(connector);
  connector.command.permitted = true;
  connector.command.hold_lock = false;
  cp_.event(connector.number, Text<80>("transaction started by ").add(tag.get()));
  return true;
}

void Transactions::stop(Connector& connector, StopReason reason, const Tag* tag) {
  Transaction* transaction = connector.transaction;
  if (transaction == nullptr || transaction->stopping()) return;
  transaction->reason = reason;
  if (tag != nullptr) transaction->stop_tag = *tag;
  // Where the memory fails the energy ends all the same; the reason is lost with the next power.
  if (!cp_.journal.save(*transaction)) cp_.event(connector.number, "the memory fails: stop");
  wind_up(connector);
}

void Transactions::wind_up(Connector& connector) {
  cp_.meter_values.end(connector);
  connector.allowance.cancel();
  connector.command.permitted = false;
  // The cable is given back (OCPP 1.6 4.10), unless somebody has to fetch it with his tag.
  connector.command.hold_lock = !connector.lock_owner.empty();
  if (connector.report.closed) {
    connector.opening.set(cp_.in_seconds(kOpeningTimeoutS));
  } else {
    finish(connector);
  }
}

void Transactions::reported(Connector& connector) {
  const Transaction* transaction = connector.transaction;
  if (transaction != nullptr && transaction->stopping() && !connector.report.closed) {
    finish(connector);
  }
}

void Transactions::finish(Connector& connector) {
  Transaction* transaction = connector.transaction;
  connector.opening.cancel();
  if (!cp_.journal.stop(*transaction, cp_.meter_values.last(connector))) {
    // Not lost: it is still open in the memory, and is tried again.
    cp_.event(connector.number, "the memory fails: end of a transaction");
    connector.opening.set(cp_.in_seconds(kOpeningTimeoutS));
    return;
  }
  cp_.event(connector.number,
            Text<80>("transaction ended: ").add(name_of(transaction->reason)));
  connector.transaction = nullptr;
  connector.suspended = false;
  connector.finishing = connector.cable_in();
  if (connector.finishing) connector.waiting.cancel();
  cp_.transaction_ended(connector);
}

void Transactions::poll(Connector& connector) {
  if (connector.opening.due(cp_.now_us) && connector.transaction != nullptr) finish(connector);
  if (!connector.allowance.due(cp_.now_us)) return;
  const Transaction* transaction = connector.transaction;
  if (transaction == nullptr || transaction->stopping()) return;
  const int64_t used_wh = connector.register_wh() - transaction->meter_start_wh;
  if (used_wh >= cp_.configuration.number(Key::MaxEnergyOnInvalidId)) {
    suspend(connector);
  } else {
    connector.allowance.set(cp_.in_seconds(kAllowanceCheckS));
  }
}

void Transactions::started(Transaction& transaction, const Tag& tag, const Json* answer) {
  const Json* info = field(answer, "idTagInfo");
  Connector* connector = cp_.connector(transaction.connector);
  cp_.event(transaction.connector,
            Text<80>("transaction is number ").add(int64_t{transaction.number}));
  cp_.authorization.learn(tag, info);
  const bool refused = tag_status(text_of(info, "status")) != TagStatus::Accepted;
  const bool runs = connector != nullptr && connector->transaction == &transaction;
  if (refused && runs && !transaction.stopping()) tag_is_invalid(*connector);
}

// The central system does not accept the tag of a running transaction (errata 3.17).
void Transactions::tag_is_invalid(Connector& connector) {
  if (cp_.configuration.on(Key::StopTransactionOnInvalidId)) {
    if (connector.keeps_cables()) connector.lock_owner = connector.transaction->tag;
    stop(connector, StopReason::DeAuthorized);
  } else if (cp_.configuration.number(Key::MaxEnergyOnInvalidId) > 0) {
    connector.allowance.set(cp_.in_seconds(kAllowanceCheckS));
  } else {
    suspend(connector);
  }
}

void Transactions::suspend(Connector& connector) {
  connector.suspended = true;
  connector.command.permitted = false;
  connector.command.hold_lock = true;
}

}  // namespace evse::ocpp
