// What is in a log that is delivered: lines, made one by one as they leave. No secret is in it.
#pragma once

#include <stdint.h>

#include "ocpp/text.h"

namespace evse::ocpp {

struct ChargePoint;

// A line of a configuration list is the longest.
using LogLine = Text<260>;

enum class LogKind : uint8_t { Diagnostics, Security };

class LogText {
 public:
  explicit LogText(ChargePoint& cp) : cp_(cp) {}

  // From the beginning; security events of a span of time, both ends included.
  void rewind(LogKind kind, int64_t since_utc_us, int64_t until_utc_us);
  // The next line with its line feed. False: that was the last one.
  bool next(LogLine& line);

 private:
  enum class Part : uint8_t { About, Configuration, Connectors, Events, Security, End };

  bool about(LogLine& line);
  bool connector(LogLine& line);
  bool event(LogLine& line);
  bool security(LogLine& line);
  void go_on(Part part, uint32_t index);

  ChargePoint& cp_;
  int64_t since_utc_us_ = 0;
  int64_t until_utc_us_ = 0;
  Part part_ = Part::End;
  uint32_t index_ = 0;  // in the part
};

}  // namespace evse::ocpp
