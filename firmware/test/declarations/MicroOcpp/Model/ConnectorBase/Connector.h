// MicroOcpp 1.2.0: a connector, 0 the charge point.
#pragma once

namespace MicroOcpp {

class Connector {
 public:
  void setAvailabilityVolatile(bool available);
};

}  // namespace MicroOcpp
