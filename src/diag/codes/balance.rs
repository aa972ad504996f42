//! Codes of balance: what determines what (T).

table! {
    "T001", Error, "too few conditions", "Some unknowns stand in too few equations to be determined.", "The system has no isolated solution.", "variable q without an equation", "Add an `equation`, or make it a `parameter`.";
    "T002", Error, "too many conditions", "Some equations have no unknown left to determine.", "They would only hold by accident.", "two equations for one variable", "Remove one, or add a `variable`.";
    "T010", Error, "an unused factor", "A factor is endowed and no industry uses it.", "Nothing determines its price; mostly a technology forgot it.", "factor K in no technology", "Use it, or remove the endowment.";
    "T011", Error, "a factor that a country does not have", "An industry, or tasks done for others, need a factor that the country is not endowed with.", "Its price would be infinite.", "industry x uses K; country Home { endowment L = 1 }", "Endow it (0 is allowed), or place the industry elsewhere.";
    "T012", Error, "no price outside", "Tasks are done outside, where the factor has no given price.", "What they cost is not known.", "country Abroad outside { }", "Give it: `price L = 0.5`.";
    "T013", Error, "tasks that nobody uses", "No industry that may offshore these tasks uses their factor.", "Nothing determines the margin.", "tasks of K, used by no industry", "Use the factor, or remove the line.";
    "T014", Error, "demanded and never made", "A good is demanded or used, no industry makes it, and it has no given price.", "Its market cannot clear.", "demand … { z: 1 } without industry z", "Add the industry, or a world price.";
    "T015", Error, "made and never bought", "A good without given price is made and nobody wants it.", "Its price would be 0.", "good z without demand", "Let demand name it, or give it a world price.";
    "T016", Error, "neither made nor used", "A good without given price plays no part.", "Nothing determines its price.", "good z alone", "Remove it.";
    "T017", Error, "no demand", "No good has a given price and no household demands anything.", "Prices need buyers.", "goods without `demand`", "Add a `demand`.";
    "T020", Error, "nothing anchors the price level", "No price is given and there is no numeraire.", "All prices could double without changing anything: only ratios are determined.", "good x, good y without price", "Declare a numeraire: `good y numeraire`.";
    "T021", Error, "a second anchor", "There is a numeraire beside a given price, or a second numeraire.", "The price level would be fixed twice.", "good x price = 1 beside good y numeraire", "Keep one.";
    "T022", Error, "outside earnings have no use", "An outside country is paid for tasks and no good has a given price.", "It spends its earnings at given world prices; there are none.", "offshore Home -> Abroad without given prices", "Give a good a price, or bring the country inside.";
    "T023", Error, "a numeraire without price", "The expression of the numeraire rests on no price and no value.", "It would not move when all prices double, so it fixes nothing.", "numeraire 2", "Name a price: `numeraire w[Home]`.";
    "T031", Error, "no condition determines the marginal task", "The cost of offshoring is the same for every task.", "Then all tasks are equally worth offshoring and none is the marginal one.", "schedule t(i) = 1", "Let the schedule rise, as in `1 + 0.5 * i`.";
}
