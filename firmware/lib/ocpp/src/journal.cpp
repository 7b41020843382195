#include "ocpp/journal.h"

namespace evse::ocpp {

namespace {

constexpr int kHeader = 4 + 4 + 1;
constexpr int kData = kSlotBytes - kHeader - 4;
constexpr int kSampleBytes = kReadingBytes + 4 + 1 + 8;
static_assert(kTransactionBytes <= kData, "a transaction is one record");
static_assert(kSampleBytes + 5 <= kData, "a meter value is one record");

// What a transaction that has begun still needs: its number, why it ends, its end.
constexpr int kToTheEnd = 3;
constexpr int kCopying = 2;  // always free, to write again what stands in the way
constexpr int kOthers = kToTheEnd * kConnectors + kCopying;

bool is_message(uint8_t kind) { return kind == 1 || kind == 3 || kind == 5; }

void encode(uint32_t local_id, int connector, const Sample& sample, BytesOut& out) {
  out.u32(local_id).u8(static_cast<uint8_t>(connector));
  out.u32(sample.wanted).u8(static_cast<uint8_t>(sample.context)).i64(sample.utc_us);
  encode(sample.reading, out);
}

void decode(const uint8_t* data, uint32_t& local_id, uint8_t& connector, Sample& sample) {
  BytesIn in(data);
  local_id = in.u32();
  connector = in.u8();
  sample.wanted = in.u32();
  sample.context = static_cast<ReadingContext>(in.u8());
  sample.utc_us = in.i64();
  decode(in, sample.reading);
}

}  // namespace

Journal::Journal(hal::Fram& fram) : fram_(fram), head_record_(fram, kHeadAt, kHeadBytes) {}

bool Journal::read(uint32_t seq, Record& record) {
  uint8_t slot[kSlotBytes];
  const int at = kJournalAt + static_cast<int>(seq % kJournalSlots) * kSlotBytes;
  if (!fram_.read(at, slot, kSlotBytes)) return false;
  BytesIn check(slot + kSlotBytes - 4);
  if (check.u32() != store::crc32(slot, kSlotBytes - 4)) return false;
  BytesIn in(slot);
  record.seq = in.u32();
  record.done = in.u32();
  record.kind = static_cast<Kind>(in.u8());
  memcpy(record.data, slot + kHeader, kData);
  return record.seq != 0;
}

bool Journal::append(Kind kind, const uint8_t* data, int size, uint32_t done) {
  uint8_t slot[kSlotBytes] = {};
  BytesOut(slot).u32(next_).u32(done).u8(static_cast<uint8_t>(kind));
  memcpy(slot + kHeader, data, static_cast<size_t>(size));
  BytesOut(slot + kSlotBytes - 4).u32(store::crc32(slot, kSlotBytes - 4));
  const int at = kJournalAt + static_cast<int>(next_ % kJournalSlots) * kSlotBytes;
  if (!fram_.write(at, slot, kSlotBytes)) return false;
  ++next_;
  return true;
}

// --- what the memory holds ---

void Journal::power_on() {
  uint8_t head[kHeadBytes];
  if (head_record_.load(head)) {
    BytesIn in(head);
    done_ = in.u32();
    latest_utc_us_ = in.i64();
    for (int64_t& told : told_wh_) told = in.i64();
    attempts_ = in.u8();
  }
  Record record;
  uint32_t last = 0;
  for (uint32_t slot = 0; slot < kJournalSlots; ++slot) {
    if (read(slot, record) && record.seq % kJournalSlots == slot && record.seq > last) {
      last = record.seq;
    }
  }
  next_ = last + 1;
  // Sequence numbers never wrap: at one record a second they last 136 years.
  const uint32_t first = last >= kJournalSlots ? last - kJournalSlots + 1 : 1;
  const uint32_t done_by_head = done_;
  uint32_t stops[kTransactions] = {};
  for (uint32_t seq = first; seq <= last; ++seq) {
    if (read(seq, record) && record.seq == seq) replay(record, stops);
  }
  if (done_ > done_by_head) attempts_ = 0;
  for (int i = 0; i < kTransactions; ++i) {
    Transaction& each = table_[i];
    const bool delivered = each.ended && stops[i] <= done_;
    if (delivered) each = Transaction();
  }
  tail_ = first;
  move_tail();
  for (uint32_t seq = tail_; seq < next_; ++seq) {
    if (!read(seq, record) || record.seq != seq || record.kind != Kind::Sample) continue;
    Transaction* owner = find(BytesIn(record.data).u32());
    if (owner != nullptr) ++owner->samples;
  }
}

Transaction* Journal::place_for(uint32_t local_id, uint32_t (&stops)[kTransactions]) {
  Transaction* found = find(local_id);
  for (int i = 0; found == nullptr && i < kTransactions; ++i) {
    // An ended one whose stop is delivered needs its place no longer.
    const bool over = table_[i].ended && stops[i] <= done_;
    if (table_[i].local_id != 0 && !over) continue;
    table_[i] = Transaction();
    table_[i].local_id = local_id;
    stops[i] = 0;
    found = &table_[i];
  }
  return found;
}

void Journal::replay(const Record& record, uint32_t (&stops)[kTransactions]) {
  if (record.done > done_) done_ = record.done;
  if (record.kind == Kind::Start || record.kind == Kind::State) {
    Transaction read_back;
    BytesIn in(record.data);
    decode(in, read_back);
    // The record of a start is written before anybody knows its number: that is its id.
    if (record.kind == Kind::Start) read_back.local_id = record.seq;
    Transaction* place = place_for(read_back.local_id, stops);
    if (place == nullptr) return;
    read_back.ended = read_back.ended || place->ended;
    *place = read_back;
    place->state_seq = record.seq;
    note(read_back.connector, read_back.meter_start_wh, read_back.started_utc_us);
    return;
  }
  uint32_t local_id = 0;
  uint8_t connector = 0;
  Sample sample;
  decode(record.data, local_id, connector, sample);
  note(connector, sample.reading.register_wh, sample.utc_us);
  // Where its other record was written again at the end, the stop is the first that is read.
  Transaction* owner = record.kind == Kind::Stop ? place_for(local_id, stops) : nullptr;
  if (owner != nullptr) {
    owner->ended = true;
    stops[owner - table_] = record.seq;
  }
}

void Journal::note(int connector, int64_t register_wh, int64_t utc_us) {
  if (connector >= 1 && connector <= kConnectors && register_wh > told_wh_[connector - 1]) {
    told_wh_[connector - 1] = register_wh;
  }
  if (utc_us > latest_utc_us_) latest_utc_us_ = utc_us;
}

bool Journal::save_head(int64_t utc_us) {
  if (utc_us > latest_utc_us_) latest_utc_us_ = utc_us;
  uint8_t head[kHeadBytes];
  BytesOut out(head);
  out.u32(done_).i64(latest_utc_us_);
  for (int64_t told : told_wh_) out.i64(told);
  out.u8(static_cast<uint8_t>(attempts_));
  return head_record_.save(head);
}

void Journal::tell(int connector, int64_t register_wh, int64_t utc_us) {
  note(connector, register_wh, utc_us);
  save_head(utc_us);
}

Transaction* Journal::find(uint32_t local_id) {
  for (Transaction& each : table_) {
    if (local_id != 0 && each.local_id == local_id) return &each;
  }
  return nullptr;
}

int Journal::open_transactions() const {
  int open = 0;
  for (const Transaction& each : table_) open += each.local_id != 0 && !each.ended ? 1 : 0;
  return open;
}

// --- room ---

bool Journal::is_needed(const Record& record) {
  if (is_message(static_cast<uint8_t>(record.kind)) && record.seq > done_) return true;
  if (record.kind == Kind::MeterValues || record.kind == Kind::Stop) return false;
  if (record.kind == Kind::Sample) return find(BytesIn(record.data).u32()) != nullptr;
  const uint32_t id = record.kind == Kind::Start ? record.seq : BytesIn(record.data).u32();
  const Transaction* owner = find(id);
  return owner != nullptr && owner->state_seq == record.seq;
}

void Journal::move_tail() {
  Record record;
  while (tail_ < next_) {
    if (read(tail_, record) && record.seq == tail_ && is_needed(record)) return;
    ++tail_;
  }
}

bool Journal::copy_forward(const Record& record) {
  if (record.kind == Kind::Sample) return append(Kind::Sample, record.data, kData, done_);
  const uint32_t id = record.kind == Kind::Start ? record.seq : BytesIn(record.data).u32();
  Transaction* owner = find(id);
  return owner == nullptr || append_state(Kind::State, *owner, done_);
}

bool Journal::make_room(int records) {
  Record record;
  for (int tries = 0; tries < kJournalSlots; ++tries) {
    move_tail();
    if (free_records() >= records) return true;
    if (free_records() < 1 || !read(tail_, record)) return false;
    if (is_message(static_cast<uint8_t>(record.kind)) && record.seq > done_) return false;
    if (!copy_forward(record)) return false;
    ++tail_;
  }
  return false;
}

bool Journal::may_start() {
  int places = 0;
  for (const Transaction& each : table_) places += each.local_id == 0 ? 1 : 0;
  return places > 0 && make_room(kToTheEnd * (open_transactions() + 1) + 2 + kCopying);
}

// --- what is written ---

bool Journal::append_state(Kind kind, Transaction& transaction, uint32_t done) {
  uint8_t data[kData] = {};
  BytesOut out(data);
  encode(transaction, out);
  const uint32_t seq = next_;
  if (!append(kind, data, kTransactionBytes, done)) return false;
  transaction.state_seq = seq;
  return true;
}

Transaction* Journal::start(const Transaction& transaction) {
  if (!may_start()) return nullptr;
  for (Transaction& each : table_) {
    if (each.local_id != 0) continue;
    Transaction begun = transaction;
    begun.local_id = next_;
    if (!append_state(Kind::Start, begun, done_)) return nullptr;
    each = begun;
    note(begun.connector, begun.meter_start_wh, begun.started_utc_us);
    return &each;
  }
  return nullptr;
}

bool Journal::save(Transaction& transaction) {
  return make_room(kCopying) && append_state(Kind::State, transaction, done_);
}

bool Journal::add_meter_values(uint32_t local_id, int connector, const Sample& sample) {
  if (!make_room(kOthers + 1)) return false;
  uint8_t data[kData] = {};
  BytesOut out(data);
  encode(local_id, connector, sample, out);
  if (!append(Kind::MeterValues, data, kSampleBytes + 5, done_)) return false;
  note(connector, sample.reading.register_wh, sample.utc_us);
  return true;
}

bool Journal::add_stop_sample(Transaction& transaction, const Sample& sample) {
  if (transaction.samples > kStopSamples || !make_room(kOthers + 1)) return false;
  uint8_t data[kData] = {};
  BytesOut out(data);
  encode(transaction.local_id, transaction.connector, sample, out);
  if (!append(Kind::Sample, data, kSampleBytes + 5, done_)) return false;
  ++transaction.samples;
  return true;
}

bool Journal::stop(Transaction& transaction, const Sample& last) {
  if (!make_room(kCopying)) return false;
  uint8_t data[kData] = {};
  BytesOut out(data);
  encode(transaction.local_id, transaction.connector, last, out);
  if (!append(Kind::Stop, data, kSampleBytes + 5, done_)) return false;
  transaction.ended = true;
  note(transaction.connector, last.reading.register_wh, last.utc_us);
  return true;
}

// --- delivery ---

bool Journal::head(Message& message) {
  Record record;
  for (uint32_t seq = done_ + 1 > tail_ ? done_ + 1 : tail_; seq < next_; ++seq) {
    if (!read(seq, record) || record.seq != seq) continue;
    if (!is_message(static_cast<uint8_t>(record.kind))) continue;
    message.seq = seq;
    message.sample = Sample();
    if (record.kind == Kind::Start) {
      message.kind = Message::Kind::Start;
      message.local_id = seq;
      message.connector = 0;
    } else {
      message.kind =
          record.kind == Kind::Stop ? Message::Kind::Stop : Message::Kind::MeterValues;
      decode(record.data, message.local_id, message.connector, message.sample);
    }
    return true;
  }
  return false;
}

int Journal::waiting() const {
  auto& self = const_cast<Journal&>(*this);
  Record record;
  int count = 0;
  for (uint32_t seq = done_ + 1 > tail_ ? done_ + 1 : tail_; seq < next_; ++seq) {
    if (self.read(seq, record) && record.seq == seq) {
      count += is_message(static_cast<uint8_t>(record.kind)) ? 1 : 0;
    }
  }
  return count;
}

void Journal::count_attempt(int64_t utc_us) {
  if (attempts_ < 255) ++attempts_;
  save_head(utc_us);
}

bool Journal::started(const Message& message, Transaction& transaction, int64_t utc_us) {
  // The number and that it is delivered are one record: a cut between the two would send the
  // start twice, or lose the number.
  if (!make_room(kCopying) || !append_state(Kind::State, transaction, message.seq)) return false;
  done_ = message.seq;
  attempts_ = 0;
  if (utc_us > latest_utc_us_) latest_utc_us_ = utc_us;
  return true;
}

bool Journal::done(const Message& message, int64_t utc_us) {
  const uint32_t before = done_;
  const int attempts_before = attempts_;
  done_ = message.seq;
  attempts_ = 0;
  if (!save_head(utc_us)) {
    done_ = before;
    attempts_ = attempts_before;
    return false;
  }
  if (message.kind == Message::Kind::Stop) {
    Transaction* owner = find(message.local_id);
    if (owner != nullptr) *owner = Transaction();
  }
  return true;
}

int Journal::stop_samples(uint32_t local_id, Sample (&samples)[kStopSamples + 1]) {
  Record record;
  int count = 0;
  for (uint32_t seq = tail_; seq < next_; ++seq) {
    if (!read(seq, record) || record.seq != seq || record.kind != Kind::Sample) continue;
    uint32_t owner = 0;
    uint8_t connector = 0;
    Sample sample;
    decode(record.data, owner, connector, sample);
    if (owner != local_id) continue;
    // One that was written again may be there twice after a power cut, and is out of order.
    int at = count;
    bool known = false;
    for (int i = 0; i < count; ++i) {
      known = known || (samples[i].utc_us == sample.utc_us && samples[i].context == sample.context);
    }
    if (known || count > kStopSamples) continue;
    for (; at > 0 && samples[at - 1].utc_us > sample.utc_us; --at) samples[at] = samples[at - 1];
    samples[at] = sample;
    ++count;
  }
  return count;
}

}  // namespace evse::ocpp
