//! What the command line takes: commands, their arguments and flags, as clap shows them.

use crate::command;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const STYLES: Styles =
    Styles::styled().header(AnsiColor::Green.on_default().bold()).usage(AnsiColor::Green.on_default().bold()).literal(AnsiColor::Cyan.on_default());

/// Models of international trade: solve them, shock them, derive their comparative statics as formulas.
#[derive(Parser)]
#[command(name = "tasktrade", version, styles = STYLES, max_term_width = 100, arg_required_else_help = false,
    after_help = "Without a command the prompt opens. Try:\n  tasktrade run examples/small_ho.trade\n  tasktrade shock examples/small_ho.trade \"beta -30%\"\n  tasktrade derive examples/small_ho.trade \"w wrt beta\"\n\nExit codes: 0 done, 1 the model is wrong, 2 usage, 3 no equilibrium or failed points, 4 algebra engine\nunavailable, 5 file, 70 internal error, 130 interrupted.")]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) global: Global,
}

#[derive(Args, Clone, Default)]
pub(super) struct Global {
    /// Change a parameter first: NAME=VALUE, repeatable
    #[arg(long = "set", global = true, value_name = "NAME=EXPR")]
    pub(super) set: Vec<String>,
    /// Answer with one JSON object on stdout
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Significant digits of printed numbers
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=17))]
    pub(super) digits: Option<u8>,
    /// Colour: auto, always, never (NO_COLOR is honoured)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    pub(super) color: String,
    /// The tasktrade executable that runs the algebra engine
    #[arg(long, global = true, value_name = "PATH", hide = true)]
    pub(super) worker: Option<PathBuf>,
}

#[derive(Args, Clone)]
pub(super) struct OnFile {
    /// The model file; `-` reads stdin
    pub(super) file: PathBuf,
}

#[derive(Args, Clone)]
pub(super) struct Asked {
    /// The model file; `-` reads stdin
    pub(super) file: PathBuf,
    /// The argument, written as at the prompt
    #[arg(allow_hyphen_values = true)]
    pub(super) argument: Option<String>,
}

/// A table for other programs in the text's place.
#[derive(Args)]
pub(super) struct Tabular {
    /// The table as CSV, with all digits that are known
    #[arg(long)]
    pub(super) csv: bool,
    /// A table that LaTeX's \input takes
    #[arg(long)]
    pub(super) latex: bool,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Parse, resolve, count and check a model
    Check(OnFile),
    /// Print the report, run the shocks and sweeps that the file declares
    Run {
        #[command(flatten)]
        file: OnFile,
        #[command(flatten)]
        table: Tabular,
    },
    /// Find the equilibrium: values, regime, residuals
    Solve {
        #[command(flatten)]
        file: OnFile,
        /// Look for further equilibria from so many scattered starting points, and list those found with their index
        #[arg(long, value_name = "N")]
        starts: Option<usize>,
        #[command(flatten)]
        table: Tabular,
    },
    /// Say which industries are active and how tasks are split, and over which parameter values that holds
    Regime(OnFile),
    /// Change parameters and compare equilibria: `"beta -10%"`, `"beta = 1.2, L +1"`, or a shock of the file by name
    #[command(
        after_help = "Changes: `beta -10%` relative, `A = 1.5` sets, `L +1` adds, `rate +2pp` adds percentage points.\nThe change of every quantity is exact, and split over the declared channels along the path."
    )]
    Shock {
        #[command(flatten)]
        asked: Asked,
        /// Split by changing one parameter after the other, in this order
        #[arg(long, value_name = "A, B")]
        order: Option<String>,
        /// Split by every parameter: families by their members, however many they are
        #[arg(long, value_name = "all", value_parser = ["all"])]
        split: Option<String>,
        #[command(flatten)]
        table: Tabular,
    },
    /// Shocks side by side: levels, changes, welfare: `"A, B, C"`, names of shocks or changes; all of the file if none is named
    Compare {
        #[command(flatten)]
        asked: Asked,
        /// The rows as CSV
        #[arg(long)]
        csv: bool,
        /// A table that LaTeX's \input takes
        #[arg(long)]
        latex: bool,
    },
    /// Print the social accounting matrix: rows receive, columns pay; with a shock before, after, and the change
    Sam {
        #[command(flatten)]
        asked: Asked,
        /// A square matrix to full precision
        #[arg(long)]
        csv: bool,
        /// A file that LaTeX's \input takes
        #[arg(long)]
        latex: bool,
    },
    /// Write the economy at its equilibrium as a program of GAMS with an MPSGE model
    Export {
        #[command(flatten)]
        file: OnFile,
        /// The language: MPSGE is the only one yet
        #[arg(long, required = true)]
        mpsge: bool,
        /// Write it to a file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Solve on a grid: `"beta = 1.1..1.5 : 100"`, several axes separated by commas
    Sweep {
        #[command(flatten)]
        asked: Asked,
        /// Write the rows to a CSV file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Number of threads, 256 at most; results do not depend on it
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
    },
    /// Print the log-linear form of the active regime, in cost shares, employment shares and elasticities
    Hats {
        #[command(flatten)]
        file: OnFile,
        /// A file that LaTeX's \input takes
        #[arg(long)]
        latex: bool,
    },
    /// Closed forms: `"w wrt beta"`, `"w in terms of Omega, p, I"`, `"w wrt beta holding p"`
    #[command(after_help = "Every formula is compared with the solver's own derivative before it is shown.")]
    Derive {
        #[command(flatten)]
        asked: Asked,
        /// The formula and its letters in LaTeX
        #[arg(long)]
        latex: bool,
        /// Seconds that the algebra engine may take
        #[arg(long, value_name = "SECONDS")]
        limit: Option<f64>,
    },
    /// Split a response over the declared channels, as formulas and numbers: `"w wrt beta"`
    Effects {
        #[command(flatten)]
        asked: Asked,
        /// The conditional form, the responses and the contributions in LaTeX
        #[arg(long)]
        latex: bool,
        /// Seconds that the algebra engine may take
        #[arg(long, value_name = "SECONDS")]
        limit: Option<f64>,
    },
    /// Prove the sign of a response, or state its condition: `"w wrt beta"`, `"w when beta falls"`
    Sign {
        #[command(flatten)]
        asked: Asked,
        /// The condition and the formula in LaTeX
        #[arg(long)]
        latex: bool,
        /// Seconds that the algebra engine may take
        #[arg(long, value_name = "SECONDS")]
        limit: Option<f64>,
    },
    /// Draw: `"w, s against beta = 1.1..1.5"`, `margin`, `"effects w against beta"`, `isocost`, `"regimes over beta, L"`, `"wage over Year"`
    Plot {
        #[command(flatten)]
        asked: Asked,
        /// Write the picture as SVG
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        /// Write the picture as PDF, for papers
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        /// Write the picture as PNG
        #[arg(long, value_name = "FILE")]
        png: Option<PathBuf>,
        /// On a dark ground
        #[arg(long)]
        dark: bool,
        /// What the picture is called, in place of its own title; "" for none
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        /// Width and height of the picture in the file, such as 800x500
        #[arg(long, value_name = "WxH", value_parser = |s: &str| command::size(s).ok_or("as in 800x500, each side from 100 to 5000"))]
        size: Option<(f64, f64)>,
    },
    /// Write one page to read: model, equations, equilibrium, formulas, effects, pictures
    Report {
        #[command(flatten)]
        file: OnFile,
        /// The page
        #[arg(long, value_name = "FILE")]
        html: PathBuf,
        /// Seconds that the algebra engine may take
        #[arg(long, value_name = "SECONDS")]
        limit: Option<f64>,
    },
    /// The table d ln(unknown) / d ln(parameter)
    Elasticities {
        #[command(flatten)]
        file: OnFile,
        /// Also parameters that have a name only by their place: sigma[x], weight[x, L], markup[x]
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        table: Tabular,
    },
    /// Print the equilibrium system in the model's own notation
    Equations {
        #[command(flatten)]
        file: OnFile,
        /// A file that LaTeX's \input takes
        #[arg(long)]
        latex: bool,
    },
    /// Check what every modeller checks: homogeneity, Walras or outside balance, derivatives
    Test(OnFile),
    /// Print the canonical layout, or write it
    Fmt {
        /// Files; `-` or none reads stdin
        files: Vec<PathBuf>,
        /// Write the files in place
        #[arg(long)]
        write: bool,
        /// Only say whether the files are in canonical layout
        #[arg(long)]
        check: bool,
    },
    /// What a diagnostic means, why it matters, how to mend it
    Explain {
        /// A code such as T031
        code: Option<String>,
    },
    /// The lowered system by value
    #[command(hide = true)]
    Dump(OnFile),
    /// Open the prompt, with a model loaded if one is named
    Repl { file: Option<PathBuf> },
}
