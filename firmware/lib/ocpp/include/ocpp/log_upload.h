// GetDiagnostics (OCPP 1.6 5.9) and GetLog (security whitepaper, use case N01).
#pragma once

#include "hal/fram.h"
#include "hal/uploader.h"
#include "ocpp/deadline.h"
#include "ocpp/frames.h"
#include "ocpp/log_text.h"
#include "ocpp/progress.h"
#include "ocpp/transfer.h"

namespace evse::ocpp {

struct ChargePoint;

// One upload at a time: a further order of the same kind takes its place, one of the other kind
// is not taken. An order that was answered outlives a power cut, and begins anew.
class LogUpload {
 public:
  LogUpload(ChargePoint& cp, hal::Fram& fram);

  void power_on();
  void get_diagnostics(const MessageId& id, const Json* payload);
  void get_log(const MessageId& id, const Json* payload);
  void poll();
  uint64_t next_us() const;

  Progress diagnostics_progress;
  Progress log_progress;

 private:
  // The numbers are in memory.
  enum class Ordered : uint8_t { None, Diagnostics, Log };
  struct Order {
    Ordered by = Ordered::None;
    LogKind kind = LogKind::Diagnostics;
    RequestId request;
    int64_t since_utc_us = 0;
    int64_t until_utc_us = INT64_MAX;
    int64_t utc_us = 0;  // of the order: its file is named by it
    int attempts_left = 0;
    int32_t retry_interval_s = 0;
  };
  using Name = Text<64>;

  bool read_span(const Json* from, const char* since, const char* until, Order& order) const;
  bool take(const Order& order, const char* location);
  bool save(const Order& order);
  bool load_location(Location& location);
  Name name(const Order& order) const;
  void attempt();
  void send();
  void failed(bool denied);
  void end(JobStatus status, const char* why);
  Progress& progress() {
    return order_.by == Ordered::Log ? log_progress : diagnostics_progress;
  }

  ChargePoint& cp_;
  hal::Fram& fram_;
  store::Record record_;
  Order order_;
  uint32_t location_crc_ = 0;
  LogText text_;
  LogLine line_;
  int sent_ = 0;         // of the line
  bool sending_ = false;
  bool finished_ = false;
  Deadline pause_;
};

}  // namespace evse::ocpp
