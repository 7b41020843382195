// MicroOcpp 1.2.0: its clock and its connectors.
#pragma once

#include <stddef.h>

namespace MicroOcpp {

class Timestamp {
 public:
  bool toJsonString(char* out, size_t buffsize) const;
  friend bool operator<(const Timestamp& one, const Timestamp& other);
};

extern const Timestamp MIN_TIME;

class Clock {
 public:
  const Timestamp& now();
  bool setTime(const char* jsonDateString);
};

class Connector;

class Model {
 public:
  Clock& getClock();
  Connector* getConnector(unsigned int connectorId);
};

}  // namespace MicroOcpp
