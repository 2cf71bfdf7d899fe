// What is wrong with one line of an input of many: the others go on.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

namespace reckon::cli {

class LineError : public std::runtime_error {
 public:
  // `code` is short and stable ("invalid_request"); the message names the field.
  LineError(std::string code, const std::string& message, std::optional<std::string> id = {})
      : std::runtime_error(message), code_(std::move(code)), id_(std::move(id)) {}

  const std::string& code() const { return code_; }
  // The line's own name, where it has a good one.
  const std::optional<std::string>& id() const { return id_; }
  void set_id(std::string id) { id_ = std::move(id); }

 private:
  std::string code_;
  std::optional<std::string> id_;
};

}  // namespace reckon::cli
