// MicroOcpp 1.2.0: what is behind its functions.
#pragma once

namespace MicroOcpp {

class Model;

class Context {
 public:
  Model& getModel();
};

}  // namespace MicroOcpp
