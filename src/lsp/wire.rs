//! The frames of the protocol: messages out of a stream of bytes, and into one.
//!
//! In: the bytes that an editor sends. Out: messages, or a sentence on what was no message. Whatever comes, reading goes on behind it: a broken message
//! costs itself alone, and a length that nobody means costs no memory.

use std::io::{self, BufRead, Read, Write};

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// No message is longer: a note may have 64 MiB, and JSON makes it longer.
const LONGEST: u64 = 256 << 20;

/// The head that counts, in lower case.
const HEAD: &str = "content-length:";

/// No line of a head is longer.
const LONGEST_LINE: u64 = 8 << 10;

/// A message, or what came in its place: what is wrong with it, and the `id` that must be answered where it had one.
pub(super) type Incoming = Result<Message, Malformed>;

/// What was no message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Malformed {
    /// What is wrong.
    pub(super) message: String,
    /// The `id` that it had.
    pub(super) id: Value,
    /// The code of JSON-RPC.
    pub(super) code: i32,
}

impl Malformed {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), id: Value::Null, code: ErrorCode::ParseError as i32 }
    }
}

/// Reads the next message; `None` at the end of the stream.
///
/// # Errors
/// When the stream cannot be read.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let mut length: Option<u64> = None;
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if !text.is_empty() {
            // What is no head that we know says nothing. Behind a message that was longer than it said, the next head does not start its line.
            let lower = text.to_ascii_lowercase();
            if let Some(at) = lower.rfind(HEAD) {
                let value = lower[at + HEAD.len()..].trim();
                match value.parse() {
                    Ok(number) => length = Some(number),
                    Err(_) => return Ok(Some(Err(Malformed::new(format!("the length of a message is no number: `{value}`"))))),
                }
            }
            continue;
        }
        let Some(length) = length.take() else { continue };
        if length > LONGEST {
            let passed = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
            if passed < length {
                return Ok(None);
            }
            return Ok(Some(Err(Malformed::new(format!("a message of {length} bytes is too long")))));
        }
        let mut body = Vec::new();
        if (input.by_ref().take(length).read_to_end(&mut body)? as u64) < length {
            return Ok(None);
        }
        return Ok(Some(message(&body)));
    }
}

fn message(body: &[u8]) -> Incoming {
    let value: Value = serde_json::from_slice(body).map_err(|error| Malformed::new(format!("a message is no JSON: {error}")))?;
    let id = value.get("id").filter(|id| id.is_string() || id.is_number()).cloned().unwrap_or_default();
    let has_method = value.get("method").is_some_and(Value::is_string);
    let is_message = value.is_object() && (has_method || value.get("result").is_some() || value.get("error").is_some());
    let wrong = |why: &str| Malformed { message: why.to_owned(), id: id.clone(), code: ErrorCode::InvalidRequest as i32 };
    if !is_message {
        return Err(wrong("a message is neither request, notification nor answer"));
    }
    let read: Message = serde_json::from_value(value).map_err(|error| wrong(&format!("a message cannot be read: {error}")))?;
    // A request whose id is of another kind would be taken for a notification and never be answered.
    if matches!(read, Message::Notification(_)) && !id.is_null() {
        return Err(wrong("the id of a request is a text or a number of 32 bits"));
    }
    Ok(read)
}

/// Writes a message.
///
/// # Errors
/// When the stream cannot be written.
pub(super) fn write(output: &mut dyn Write, message: &Message) -> io::Result<()> {
    let mut output = output;
    message.write(&mut output)
}

/// Answers what was no message.
///
/// # Errors
/// When the stream cannot be written.
pub(super) fn write_malformed(output: &mut dyn Write, fault: &Malformed) -> io::Result<()> {
    let answer = json!({ "jsonrpc": "2.0", "id": fault.id, "error": { "code": fault.code, "message": fault.message } }).to_string();
    write!(output, "Content-Length: {}\r\n\r\n{answer}", answer.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    #[test]
    fn reading_goes_on_behind_what_is_no_message() {
        let frame = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let good = frame(r#"{"jsonrpc":"2.0","method":"m"}"#);
        for (bad, told) in [
            (frame("{"), true),
            (frame("[]"), true),
            (frame(r#"{"id":{},"method":7}"#), true),
            (frame(r#"{"id":99999999999999,"method":"m"}"#), true),
            (frame("\u{0}\u{1}"), true),
            ("Content-Length: many\r\n\r\n".to_owned(), true),
            ("Content-Length: -1\r\n\r\n".to_owned(), true),
            ("nonsense\r\n\r\n\r\n".to_owned(), false),
            ("x".repeat(20_000) + "\n", false),
            ("Content-Length: 2\r\n\r\n{}}}}".to_owned(), true),
        ] {
            let text = format!("{bad}{good}");
            let mut input = text.as_bytes();
            let mut read = Vec::new();
            while let Some(one) = super::read(&mut input).expect("bytes can be read") {
                read.push(one.is_ok());
            }
            assert_eq!(read, if told { vec![false, true] } else { vec![true] }, "{bad:.60}");
        }
        // A message that is cut off is the end.
        assert!(super::read(&mut &b"Content-Length: 10\r\n\r\n{"[..]).expect("bytes can be read").is_none());
    }
}
