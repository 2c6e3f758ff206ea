internal import EventLoop
internal import RPC
internal import Services
internal import System

// The tokens file of a server, from its start on and again on SIGHUP. No digest is logged, nor what stands in the place
// of one: it may be a token that was put there by mistake.

extension AccessControl {
  /// Lets in whom the settings say; reads the tokens file if they name one.
  static func reading(_ settings: ServeSettings) throws(CommandFailure) -> AccessControl {
    guard let path = settings.tokens else { return AccessControl(limits: settings.principalLimits) }
    do throws(TokensFileFailure) {
      let file = try TokensFile.read(path)
      settings.logger.note(file, "tokens read", ["file": path, "tokens": "\(file.holders.count)"])
      return AccessControl(file, limits: settings.principalLimits)
    } catch {
      throw CommandFailure(.failure, "cannot use the tokens file \(path): \(error)")
    }
  }

  /// Reads the tokens file again. One that cannot be used changes nothing.
  ///
  /// - Parameter server: whose connections end where their token is no longer known.
  func readAgain(_ settings: ServeSettings, ending server: Server) {
    guard let path = settings.tokens else {
      return settings.logger.info("no tokens file is in use, so none is read again")
    }
    do throws(TokensFileFailure) {
      let file = try TokensFile.read(path)
      let change: Change
      do throws(TooManyTokens) {
        change = try replace(with: file)
      } catch {
        throw TokensFileFailure("\(error)")
      }
      server.expel(change.revoked, .tokenRevoked)
      settings.logger.note(
        file, "tokens read again",
        [
          "file": path, "tokens": "\(file.holders.count)", "added": "\(change.added)",
          "revoked": "\(change.revoked.count)",
        ])
    } catch {
      settings.logger.error(
        "the tokens file cannot be used; the tokens stay as they were", ["file": path, "error": "\(error)"])
    }
  }
}

/// Why a tokens file is not used.
struct TokensFileFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension TokensFile {
  fileprivate static func read(_ path: String) throws(TokensFileFailure) -> TokensFile {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try InputFile.read(path, limit: longestFile)
    } catch {
      throw TokensFileFailure("\(error)")
    }
    do throws(TokensFileError) {
      return try TokensFile(bytes)
    } catch {
      throw TokensFileFailure("\(error)")
    }
  }
}

extension Logger {
  /// A file without tokens is one that nobody wants for long.
  fileprivate func note(_ file: TokensFile, _ message: String, _ fields: Fields) {
    if file.holders.isEmpty {
      warning("\(message), and there is none: nobody may call", fields)
    } else {
      info(message, fields)
    }
  }
}
