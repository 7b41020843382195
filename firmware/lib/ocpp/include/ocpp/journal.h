// The journal: transactions and the messages that tell of them, in a ring of records.
//
// A record is one write of one slot: sequence number, how far messages are delivered, kind, data,
// CRC-32. A write that a power cut has torn is a slot without a valid checksum: as if it had not
// been. A slot is used again only when nobody needs its record any more; what is still needed and
// stands in the way is written once more at the end. So at any byte written the memory holds
// either what was, or what is new, and no message twice.
#pragma once

#include <stdint.h>

#include "hal/fram.h"
#include "ocpp/layout.h"
#include "ocpp/measurands.h"
#include "ocpp/transaction.h"

namespace evse::ocpp {

// A meter value as it is kept.
struct Sample {
  Reading reading;
  Measurands wanted = 0;
  ReadingContext context = ReadingContext::Periodic;
  int64_t utc_us = 0;
};

// A message that waits for its CALLRESULT.
struct Message {
  enum class Kind : uint8_t { Start, MeterValues, Stop };
  Kind kind = Kind::Start;
  uint32_t seq = 0;
  uint32_t local_id = 0;  // of its transaction; 0: none
  uint8_t connector = 0;
  Sample sample;          // MeterValues: what it says; Stop: the last, with the register at the end
};

class Journal {
 public:
  explicit Journal(hal::Fram& fram);

  // Reads what the memory holds.
  void power_on();

  // The latest time that is in it, microseconds since 1970; 0: none.
  int64_t latest_utc_us() const { return latest_utc_us_; }
  // The highest register that the central system was told of a connector, from 1.
  int64_t told_wh(int connector) const { return told_wh_[connector - 1]; }
  void tell(int connector, int64_t register_wh, int64_t utc_us);

  // The table of transactions; those with local_id 0 are free places.
  Transaction* transactions() { return table_; }
  Transaction* find(uint32_t local_id);

  // Whether another transaction can begin, and be told to its end.
  bool may_start();

  // Each is one record, and durable when it returns. Null or false: no room, or the memory fails;
  // then nothing has changed.
  Transaction* start(const Transaction& transaction);
  bool save(Transaction& transaction);
  bool add_meter_values(uint32_t local_id, int connector, const Sample& sample);
  bool add_stop_sample(Transaction& transaction, const Sample& sample);
  bool stop(Transaction& transaction, const Sample& last);

  // The oldest message that is not delivered. False: there is none.
  bool head(Message& message);
  int attempts() const { return attempts_; }
  void count_attempt(int64_t utc_us);
  // The head is delivered, or given up. For StartTransaction `save` its number by this.
  bool started(const Message& message, Transaction& transaction, int64_t utc_us);
  bool done(const Message& message, int64_t utc_us);
  int waiting() const;  // messages

  // Those kept for transactionData, in the order of time: how many.
  int stop_samples(uint32_t local_id, Sample (&samples)[kStopSamples + 1]);

 private:
  enum class Kind : uint8_t { Start = 1, State, MeterValues, Sample, Stop };
  struct Record {
    uint32_t seq = 0;
    uint32_t done = 0;
    Kind kind = Kind::Start;
    uint8_t data[kSlotBytes] = {};
  };

  bool read(uint32_t seq, Record& record);
  bool append(Kind kind, const uint8_t* data, int size, uint32_t done);
  bool append_state(Kind kind, Transaction& transaction, uint32_t done);
  bool make_room(int records);
  void move_tail();
  bool is_needed(const Record& record);
  bool copy_forward(const Record& record);
  Transaction* place_for(uint32_t local_id, uint32_t (&stops)[kTransactions]);
  void replay(const Record& record, uint32_t (&stops)[kTransactions]);
  bool save_head(int64_t utc_us);
  int free_records() const { return kJournalSlots - static_cast<int>(next_ - tail_); }
  int open_transactions() const;
  void note(int connector, int64_t register_wh, int64_t utc_us);

  hal::Fram& fram_;
  store::Record head_record_;
  Transaction table_[kTransactions];
  uint32_t next_ = 1;  // sequence number of the next record
  uint32_t tail_ = 1;  // nothing before it is needed
  uint32_t done_ = 0;  // messages up to this one are delivered
  int attempts_ = 0;   // of the head
  int64_t told_wh_[kConnectors] = {};
  int64_t latest_utc_us_ = 0;
};

}  // namespace evse::ocpp
