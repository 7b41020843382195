// MicroOcpp 1.2.0: configuration keys.
#pragma once

#include <stdint.h>

#include <memory>

namespace MicroOcpp {

enum class TConfig : uint8_t { Int, Bool, String };

class Configuration {
 public:
  virtual ~Configuration() = default;
  virtual void setInt(int value);
  virtual void setBool(bool value);
  virtual bool setString(const char* value);
  virtual int getInt();
  virtual TConfig getType() = 0;
};

template <class T>
std::shared_ptr<Configuration> declareConfiguration(const char* key, T factoryDefault);
Configuration* getConfigurationPublic(const char* key);
bool configuration_save();

}  // namespace MicroOcpp
